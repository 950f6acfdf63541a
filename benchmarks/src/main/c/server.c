/*
 * The native bound: epoll and OpenSSL, or BoringSSL, in one thread, and with --plain the floor: the same without TLS.
 * Usage: server CHAIN KEY echo|discard [--plain]. Says "ready PORT", ends with its standard input.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 * 1024, RECORD_BYTES = 16 * 1024, BACKLOG = 8192 };

struct connection {
    int fd;
    bool established, writing;
    SSL *ssl;
    unsigned char *unsent; /* what the kernel did not take; while there is some, nothing is read */
    int unsent_length;
};

static int epoll_fd;
static bool echo;
static SSL_CTX *context;
static unsigned char chunk[CHUNK_BYTES];
static struct connection listener, control;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void watch(struct connection *c, int operation, unsigned events) {
    struct epoll_event event = {.events = events, .data.ptr = c};
    if (epoll_ctl(epoll_fd, operation, c->fd, &event) != 0) die("epoll_ctl");
}

static void release(struct connection *c, bool orderly) {
    if (c->ssl != NULL) {
        if (orderly) SSL_shutdown(c->ssl);
        SSL_free(c->ssl);
    }
    close(c->fd);
    free(c->unsent);
    free(c);
}

static void accept_all(void) {
    for (;;) {
        int fd = accept4(listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        if (context != NULL) {
            c->ssl = SSL_new(context);
            SSL_set_fd(c->ssl, fd);
            SSL_set_accept_state(c->ssl);
        } else {
            c->established = true;
        }
        watch(c, EPOLL_CTL_ADD, EPOLLIN);
    }
}

/* More than 0: bytes; 0: not now; -1: the end; -2: an error. */
static int transfer(struct connection *c, bool out, unsigned char *data, int length) {
    if (c->ssl == NULL) {
        ssize_t n = out ? send(c->fd, data, (size_t)length, MSG_NOSIGNAL) : recv(c->fd, data, (size_t)length, 0);
        return n > 0 ? (int)n : n == 0 ? -1 : errno == EAGAIN ? 0 : -2;
    }
    ERR_clear_error();
    int n = out ? SSL_write(c->ssl, data, length) : SSL_read(c->ssl, data, length);
    if (n > 0) return n;
    int error = SSL_get_error(c->ssl, n);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : error == SSL_ERROR_ZERO_RETURN ? -1 : -2;
}

/* Whether the connection is still there. */
static bool send_back(struct connection *c, unsigned char *data, int length) {
    while (length > 0) {
        int n = transfer(c, true, data, length);
        if (n < 0) {
            release(c, false);
            return false;
        }
        if (n == 0) break;
        data += n;
        length -= n;
    }
    if (length > 0 && data != c->unsent) {
        unsigned char *rest = malloc((size_t)length);
        memcpy(rest, data, (size_t)length);
        free(c->unsent);
        c->unsent = rest;
    } else if (length == 0) {
        free(c->unsent);
        c->unsent = NULL;
    }
    c->unsent_length = length;
    bool writing = length > 0;
    if (writing != c->writing) watch(c, EPOLL_CTL_MOD, writing ? EPOLLOUT : EPOLLIN);
    c->writing = writing;
    return true;
}

static void serve(struct connection *c) {
    if (!c->established) {
        ERR_clear_error();
        int r = SSL_do_handshake(c->ssl);
        if (r != 1) {
            int error = SSL_get_error(c->ssl, r);
            if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) release(c, false);
            return;
        }
        c->established = true;
    }
    if (c->writing && !send_back(c, c->unsent, c->unsent_length)) return;
    while (!c->writing) {
        int length = 0, n = 0;
        do { /* all records that have come, then one write */
            n = transfer(c, false, chunk + length, CHUNK_BYTES - length);
            if (n > 0) length += n;
        } while (n > 0 && c->ssl != NULL && SSL_has_pending(c->ssl) && CHUNK_BYTES - length >= RECORD_BYTES);
        if (length > 0 && echo && !send_back(c, chunk, length)) return;
        if (n < 0) {
            release(c, n == -1);
            return;
        }
        /* Level-triggered: what is still in the kernel is told again. */
        if (n == 0 || c->ssl == NULL || !SSL_has_pending(c->ssl)) return;
    }
}

static void answer(void) {
    char text[64];
    if (read(0, text, sizeof text) <= 0) exit(0);
    if (text[0] == 's') malloc_trim(0); /* settle */
    printf("0\n"); /* no heap apart */
    fflush(stdout);
}

static void make_context(const char *chain, const char *key) {
    context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    if (SSL_CTX_use_certificate_chain_file(context, chain) != 1
        || SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        ERR_print_errors_fp(stderr);
        exit(1);
    }
    SSL_CTX_set_mode(context,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1); /* one recv for a record and not two */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); /* tickets only */
#ifndef OPENSSL_IS_BORINGSSL /* which does both anyway */
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
#endif
    static const unsigned char id[] = "bench";
    SSL_CTX_set_session_id_context(context, id, sizeof id - 1);
}

int main(int argc, char **argv) {
    if (argc < 4) exit(2);
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    echo = strcmp(argv[3], "echo") == 0;
    if (argc < 5) make_context(argv[1], argv[2]);

    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    listener.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener.fd, (struct sockaddr *)&address, length) != 0 || listen(listener.fd, BACKLOG) != 0) die("listen");
    getsockname(listener.fd, (struct sockaddr *)&address, &length);
    watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
    watch(&control, EPOLL_CTL_ADD, EPOLLIN);
    printf("ready %d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        struct epoll_event events[256];
        int n = epoll_wait(epoll_fd, events, 256, -1);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (c == &listener) accept_all();
            else if (c == &control) answer();
            else serve(c);
        }
    }
}
