#ifndef CHEAP_SHIM_H
#define CHEAP_SHIM_H

#if defined(__linux__) && __has_include(<malloc.h>)
#include <malloc.h>
#endif

// Limits the heaps of the C library, where it has several. Returns whether it does.
static inline int cheap_limit_arenas(int count) {
#if defined(M_ARENA_MAX)
    return mallopt(M_ARENA_MAX, count);
#else
    (void)count;
    return 0;
#endif
}

#endif
