#ifndef CLIBPQ_SHIM_H
#define CLIBPQ_SHIM_H

#include <libpq-fe.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// The flags of eventfd are an anonymous enum, which Swift imports as several unrelated types.
static inline int clibpq_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

// Variadic in C, which Swift does not import. Shows in `top -H` and in core dumps; at most 15 bytes.
static inline void clibpq_name_thread(const char *name) {
    (void)prctl(PR_SET_NAME, name);
}

#endif
