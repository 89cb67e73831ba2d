// The parts of librabbitmq that Swift cannot import by itself: the variadic login, macros with casts, and the
// unions inside frames and table values. Everything here is a thin, allocation-free wrapper.

#ifndef CRABBITMQ_SHIM_H
#define CRABBITMQ_SHIM_H

#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/time.h>

// The headers moved into a folder of their own in librabbitmq 0.12.
#if defined(__has_include) && __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

// Method ids: class id in the upper, method id in the lower 16 bits.

static const uint32_t CRABBIT_CONNECTION_CLOSE = AMQP_CONNECTION_CLOSE_METHOD;
static const uint32_t CRABBIT_CONNECTION_CLOSE_OK = AMQP_CONNECTION_CLOSE_OK_METHOD;
static const uint32_t CRABBIT_CONNECTION_BLOCKED = AMQP_CONNECTION_BLOCKED_METHOD;
static const uint32_t CRABBIT_CONNECTION_UNBLOCKED = AMQP_CONNECTION_UNBLOCKED_METHOD;
static const uint32_t CRABBIT_CHANNEL_OPEN = AMQP_CHANNEL_OPEN_METHOD;
static const uint32_t CRABBIT_CHANNEL_OPEN_OK = AMQP_CHANNEL_OPEN_OK_METHOD;
static const uint32_t CRABBIT_CHANNEL_CLOSE = AMQP_CHANNEL_CLOSE_METHOD;
static const uint32_t CRABBIT_CHANNEL_CLOSE_OK = AMQP_CHANNEL_CLOSE_OK_METHOD;
static const uint32_t CRABBIT_EXCHANGE_DECLARE = AMQP_EXCHANGE_DECLARE_METHOD;
static const uint32_t CRABBIT_EXCHANGE_DECLARE_OK = AMQP_EXCHANGE_DECLARE_OK_METHOD;
static const uint32_t CRABBIT_EXCHANGE_DELETE = AMQP_EXCHANGE_DELETE_METHOD;
static const uint32_t CRABBIT_EXCHANGE_DELETE_OK = AMQP_EXCHANGE_DELETE_OK_METHOD;
static const uint32_t CRABBIT_QUEUE_DECLARE = AMQP_QUEUE_DECLARE_METHOD;
static const uint32_t CRABBIT_QUEUE_DECLARE_OK = AMQP_QUEUE_DECLARE_OK_METHOD;
static const uint32_t CRABBIT_QUEUE_BIND = AMQP_QUEUE_BIND_METHOD;
static const uint32_t CRABBIT_QUEUE_BIND_OK = AMQP_QUEUE_BIND_OK_METHOD;
static const uint32_t CRABBIT_QUEUE_UNBIND = AMQP_QUEUE_UNBIND_METHOD;
static const uint32_t CRABBIT_QUEUE_UNBIND_OK = AMQP_QUEUE_UNBIND_OK_METHOD;
static const uint32_t CRABBIT_QUEUE_PURGE = AMQP_QUEUE_PURGE_METHOD;
static const uint32_t CRABBIT_QUEUE_PURGE_OK = AMQP_QUEUE_PURGE_OK_METHOD;
static const uint32_t CRABBIT_QUEUE_DELETE = AMQP_QUEUE_DELETE_METHOD;
static const uint32_t CRABBIT_QUEUE_DELETE_OK = AMQP_QUEUE_DELETE_OK_METHOD;
static const uint32_t CRABBIT_BASIC_QOS = AMQP_BASIC_QOS_METHOD;
static const uint32_t CRABBIT_BASIC_QOS_OK = AMQP_BASIC_QOS_OK_METHOD;
static const uint32_t CRABBIT_BASIC_CONSUME = AMQP_BASIC_CONSUME_METHOD;
static const uint32_t CRABBIT_BASIC_CONSUME_OK = AMQP_BASIC_CONSUME_OK_METHOD;
static const uint32_t CRABBIT_BASIC_CANCEL = AMQP_BASIC_CANCEL_METHOD;
static const uint32_t CRABBIT_BASIC_CANCEL_OK = AMQP_BASIC_CANCEL_OK_METHOD;
static const uint32_t CRABBIT_BASIC_RETURN = AMQP_BASIC_RETURN_METHOD;
static const uint32_t CRABBIT_BASIC_DELIVER = AMQP_BASIC_DELIVER_METHOD;
static const uint32_t CRABBIT_BASIC_GET = AMQP_BASIC_GET_METHOD;
static const uint32_t CRABBIT_BASIC_GET_OK = AMQP_BASIC_GET_OK_METHOD;
static const uint32_t CRABBIT_BASIC_GET_EMPTY = AMQP_BASIC_GET_EMPTY_METHOD;
static const uint32_t CRABBIT_BASIC_ACK = AMQP_BASIC_ACK_METHOD;
static const uint32_t CRABBIT_BASIC_NACK = AMQP_BASIC_NACK_METHOD;
static const uint32_t CRABBIT_CONFIRM_SELECT = AMQP_CONFIRM_SELECT_METHOD;
static const uint32_t CRABBIT_CONFIRM_SELECT_OK = AMQP_CONFIRM_SELECT_OK_METHOD;

static const int32_t CRABBIT_OK = AMQP_STATUS_OK;
static const int32_t CRABBIT_TIMEOUT = AMQP_STATUS_TIMEOUT;
static const int32_t CRABBIT_HEARTBEAT_TIMEOUT = AMQP_STATUS_HEARTBEAT_TIMEOUT;
static const int32_t CRABBIT_HOST_UNKNOWN = AMQP_STATUS_HOSTNAME_RESOLUTION_FAILED;
static const int32_t CRABBIT_BAD_DATA = AMQP_STATUS_BAD_AMQP_DATA;

static const uint8_t CRABBIT_FRAME_METHOD = AMQP_FRAME_METHOD;
static const uint8_t CRABBIT_FRAME_HEADER = AMQP_FRAME_HEADER;
static const uint8_t CRABBIT_FRAME_BODY = AMQP_FRAME_BODY;

// Login with client properties (amqp_login_with_properties is variadic).
static inline amqp_rpc_reply_t crabbit_login(amqp_connection_state_t connection, const char *vhost, int frame_max,
                                             int heartbeat_seconds, const amqp_table_t *properties,
                                             const char *user, const char *password) {
    return amqp_login_with_properties(connection, vhost, 0, frame_max, heartbeat_seconds, properties,
                                      AMQP_SASL_METHOD_PLAIN, user, password);
}

// Frames. Each accessor is meaningful only for the frame type that it names.

static inline uint32_t crabbit_frame_method_id(const amqp_frame_t *frame) { return frame->payload.method.id; }

static inline void *crabbit_frame_method(const amqp_frame_t *frame) { return frame->payload.method.decoded; }

static inline uint64_t crabbit_frame_body_size(const amqp_frame_t *frame) {
    return frame->payload.properties.body_size;
}

static inline const amqp_basic_properties_t *crabbit_frame_properties(const amqp_frame_t *frame) {
    return frame->payload.properties.class_id == AMQP_BASIC_CLASS
               ? (const amqp_basic_properties_t *)frame->payload.properties.decoded
               : NULL;
}

static inline amqp_bytes_t crabbit_frame_body(const amqp_frame_t *frame) { return frame->payload.body_fragment; }

// Values of field tables.

static inline amqp_field_value_t crabbit_value_void(void) {
    amqp_field_value_t value;
    memset(&value, 0, sizeof(value));
    value.kind = AMQP_FIELD_KIND_VOID;
    return value;
}

static inline amqp_field_value_t crabbit_value_bool(int flag) {
    amqp_field_value_t value = crabbit_value_void();
    value.kind = AMQP_FIELD_KIND_BOOLEAN;
    value.value.boolean = flag;
    return value;
}

static inline amqp_field_value_t crabbit_value_int32(int32_t number) {
    amqp_field_value_t value = crabbit_value_void();
    value.kind = AMQP_FIELD_KIND_I32;
    value.value.i32 = number;
    return value;
}

static inline amqp_field_value_t crabbit_value_int64(int64_t number) {
    amqp_field_value_t value = crabbit_value_void();
    value.kind = AMQP_FIELD_KIND_I64;
    value.value.i64 = number;
    return value;
}

static inline amqp_field_value_t crabbit_value_double(double number) {
    amqp_field_value_t value = crabbit_value_void();
    value.kind = AMQP_FIELD_KIND_F64;
    value.value.f64 = number;
    return value;
}

static inline amqp_field_value_t crabbit_value_timestamp(uint64_t seconds) {
    amqp_field_value_t value = crabbit_value_void();
    value.kind = AMQP_FIELD_KIND_TIMESTAMP;
    value.value.u64 = seconds;
    return value;
}

static inline amqp_field_value_t crabbit_value_string(amqp_bytes_t text) {
    amqp_field_value_t value = crabbit_value_void();
    value.kind = AMQP_FIELD_KIND_UTF8;
    value.value.bytes = text;
    return value;
}

static inline amqp_field_value_t crabbit_value_bytes(amqp_bytes_t bytes) {
    amqp_field_value_t value = crabbit_value_void();
    value.kind = AMQP_FIELD_KIND_BYTES;
    value.value.bytes = bytes;
    return value;
}

static inline amqp_field_value_t crabbit_value_table(amqp_table_t table) {
    amqp_field_value_t value = crabbit_value_void();
    value.kind = AMQP_FIELD_KIND_TABLE;
    value.value.table = table;
    return value;
}

static inline amqp_field_value_t crabbit_value_array(amqp_array_t array) {
    amqp_field_value_t value = crabbit_value_void();
    value.kind = AMQP_FIELD_KIND_ARRAY;
    value.value.array = array;
    return value;
}

static inline int crabbit_get_bool(const amqp_field_value_t *value) { return value->value.boolean != 0; }
static inline double crabbit_get_float(const amqp_field_value_t *value) { return value->value.f32; }
static inline double crabbit_get_double(const amqp_field_value_t *value) { return value->value.f64; }
static inline uint64_t crabbit_get_unsigned(const amqp_field_value_t *value) { return value->value.u64; }
static inline amqp_bytes_t crabbit_get_bytes(const amqp_field_value_t *value) { return value->value.bytes; }
static inline amqp_table_t crabbit_get_table(const amqp_field_value_t *value) { return value->value.table; }
static inline amqp_array_t crabbit_get_array(const amqp_field_value_t *value) { return value->value.array; }
static inline amqp_decimal_t crabbit_get_decimal(const amqp_field_value_t *value) { return value->value.decimal; }

// Any of the signed and unsigned integer kinds that fit into 64 bits with a sign.
static inline int64_t crabbit_get_integer(const amqp_field_value_t *value) {
    switch (value->kind) {
        case AMQP_FIELD_KIND_I8:
            return value->value.i8;
        case AMQP_FIELD_KIND_U8:
            return value->value.u8;
        case AMQP_FIELD_KIND_I16:
            return value->value.i16;
        case AMQP_FIELD_KIND_U16:
            return value->value.u16;
        case AMQP_FIELD_KIND_I32:
            return value->value.i32;
        case AMQP_FIELD_KIND_U32:
            return value->value.u32;
        default:
            return value->value.i64;
    }
}

// Bytes that wait unread in the kernel's receive buffer, or -1 (ioctl is variadic).
static inline int crabbit_unread_bytes(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) == 0 ? count : -1;
}

// Names the calling thread for debuggers; at most 15 characters count (prctl is variadic).
static inline void crabbit_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

#endif
