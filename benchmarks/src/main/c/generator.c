/*
 * The client of all benchmarks: one thread, epoll, OpenSSL or BoringSSL. It asks the server for one kind of work for some time and prints
 * one line of JSON: operations, their latency, and the processor time that the server and this program used meanwhile, both as
 * the operating system accounts for them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum work { HANDSHAKE, RESUME, ECHO, BULK, HOLD, STORM };
enum state { FREE, CONNECTING, EXCHANGING, RESTING, ENDING };

/* Latencies in buckets of 1/64 of a power of two: an error below 2 %. */
#define BUCKETS (64 * 40)

static struct {
    enum work work;
    int port, connections, idle, size;
    double warm; /* seconds of the server's processor time */
    double seconds;
    int rate; /* operations started a second, 0 for as fast as they end */
    pid_t server;
    bool plain;
    const char *groups;
} options = {.connections = 1, .size = 64, .seconds = 3, .groups = "X25519"};

struct connection {
    int fd;
    enum state state;
    bool idle;
    SSL *ssl;
    SSL_SESSION *session;
    int sent, received;
    uint64_t started;
};

static int epoll_fd;
static SSL_CTX *context;
static unsigned char *message, *room;
static uint64_t buckets[BUCKETS], operations, bytes, resumptions, failures, slowest;
static bool measuring, stopping;
static int established, unsettled;
static unsigned long connects;
static char first_failure[200];

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what) {
    fprintf(stderr, "generator: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* utime + stime of all threads, in microseconds. */
static double processor_time(pid_t pid) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL) die(path);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    unsigned long user = 0, system = 0;
    char *after_name = strrchr(text, ')');
    if (after_name == NULL
        || sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        die("stat of the server");
    return (double)(user + system) * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

static double own_processor_time(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
           + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static int bucket_of(uint64_t nanos) {
    if (nanos < 64) return (int)nanos;
    int power = 63 - __builtin_clzll(nanos);
    int bucket = (power - 5) * 64 + (int)((nanos >> (power - 6)) & 63);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static double micros_of(int bucket) {
    if (bucket < 64) return bucket / 1e3;
    int power = bucket / 64 + 5;
    return (double)((uint64_t)(64 + bucket % 64) << (power - 6)) / 1e3;
}

static double percentile(double share) {
    uint64_t all = 0, seen = 0;
    for (int i = 0; i < BUCKETS; i++) all += buckets[i];
    for (int i = 0; i < BUCKETS; i++) {
        seen += buckets[i];
        if (all > 0 && (double)seen >= share * (double)all) return micros_of(i);
    }
    return 0;
}

static void count_operation(struct connection *c) {
    if (!measuring) return;
    uint64_t took = now() - c->started;
    operations++;
    buckets[bucket_of(took)]++;
    if (took > slowest) slowest = took;
    if (c->ssl != NULL && SSL_session_reused(c->ssl)) resumptions++;
}

static int keep_session(SSL *ssl, SSL_SESSION *session) {
    struct connection *c = SSL_get_app_data(ssl);
    if (c->session != NULL) SSL_SESSION_free(c->session);
    c->session = session;
    return 1; /* ours now */
}

static void start(struct connection *c) {
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) die("socket");
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    /* Many addresses to come from: each has its own ports, so that those in TIME_WAIT do not run out. */
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002u + connects++ % 16)};
    if (bind(c->fd, (struct sockaddr *)&from, sizeof from) != 0) die("bind");
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)options.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    c->started = now();
    c->state = CONNECTING;
    c->sent = c->received = 0;
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) die("connect");
    if (!options.plain) {
        c->ssl = SSL_new(context);
        if (c->ssl == NULL) die("SSL_new");
        SSL_set_app_data(c->ssl, c);
        SSL_set_fd(c->ssl, c->fd);
        SSL_set_connect_state(c->ssl);
        if (options.work == RESUME && c->session != NULL) SSL_set_session(c->ssl, c->session);
    }
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0) die("epoll_ctl");
}

static void release(struct connection *c) {
    if (c->ssl != NULL) SSL_free(c->ssl);
    close(c->fd);
    c->ssl = NULL;
    c->state = FREE;
    if (!stopping && (options.work == HANDSHAKE || options.work == RESUME) && options.rate == 0) start(c);
}

static void fail(struct connection *c, const char *where) {
    if (failures++ == 0) {
        unsigned long error = ERR_peek_error();
        snprintf(first_failure, sizeof first_failure, "%s: %s", where,
                 error != 0 ? ERR_reason_error_string(error) : strerror(errno));
    }
    if (options.work != STORM && failures > 1000) {
        fprintf(stderr, "generator: more than 1000 connections failed, the first: %s\n", first_failure);
        exit(1);
    }
    if (c->state == CONNECTING) unsettled--;
    release(c);
}

/* 1: something was done; 0: not now; -1: the end or an error. */
static int transfer(struct connection *c, bool out, unsigned char *data, int length, int *done) {
    int n;
    if (c->ssl == NULL) {
        n = (int)(out ? send(c->fd, data, (size_t)length, MSG_NOSIGNAL) : recv(c->fd, data, (size_t)length, 0));
        if (n < 0 && (errno == EAGAIN || errno == ENOTCONN)) return 0;
    } else {
        ERR_clear_error();
        n = out ? SSL_write(c->ssl, data, length) : SSL_read(c->ssl, data, length);
        if (n <= 0) {
            int error = SSL_get_error(c->ssl, n);
            if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return 0;
        }
    }
    if (n <= 0) return -1;
    *done = n;
    return 1;
}

static void end(struct connection *c) {
    if (c->ssl != NULL) SSL_shutdown(c->ssl);
    shutdown(c->fd, SHUT_WR);
    c->state = ENDING;
}

/* Has epoll tell again of what it told before. */
static void await_event(struct connection *c) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &event) != 0) die("epoll_ctl");
}

/* Sends and receives until neither is possible. */
static void exchange(struct connection *c) {
    int n = 0, turns = 32;
    for (;;) {
        bool moved = false;
        if (c->sent < options.size) {
            int r = transfer(c, true, message + c->sent, options.size - c->sent, &n);
            if (r < 0) {
                fail(c, "write");
                return;
            }
            if (r > 0) {
                moved = true;
                c->sent += n;
                if (options.work == BULK && !c->idle) {
                    if (measuring) bytes += (uint64_t)n;
                    if (c->sent == options.size) c->sent = 0;
                    if (--turns > 0) continue;
                    await_event(c);
                    return;
                }
            }
        }
        /* Nothing can have come before something was sent: saves a system call that would find nothing. */
        if (c->received < c->sent && !(moved && c->sent == options.size && c->received == 0)) {
            int r = transfer(c, false, room, options.size - c->received, &n);
            if (r < 0) {
                fail(c, "read");
                return;
            }
            if (r > 0) {
                moved = true;
                c->received += n;
                if (measuring) bytes += (uint64_t)n;
            }
            if (c->received == options.size) {
                bool once = options.work == HANDSHAKE || options.work == RESUME;
                if (!c->idle) count_operation(c);
                if (c->idle || options.work == STORM) {
                    c->state = RESTING;
                    unsettled--;
                    return;
                }
                if (once || stopping) {
                    end(c);
                    return;
                }
                if (options.rate > 0) {
                    c->state = RESTING;
                    return;
                }
                c->started = now();
                c->sent = c->received = 0;
                continue;
            }
        }
        if (!moved || (c->sent == options.size && c->received == 0)) return; /* the rest comes with an event */
    }
}

static void progress(struct connection *c) {
    if (c->state == CONNECTING) {
        if (c->ssl != NULL) {
            ERR_clear_error();
            int r = SSL_do_handshake(c->ssl);
            if (r != 1) {
                int error = SSL_get_error(c->ssl, r);
                if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
                if (error == SSL_ERROR_SYSCALL && errno == ENOTCONN) return;
                fail(c, "handshake");
                return;
            }
        }
        established++;
        c->state = EXCHANGING;
        if (options.work == ECHO && !c->idle) c->started = now();
    }
    if (c->state == EXCHANGING) exchange(c);
    if (c->state == ENDING) {
        int n = 0, r;
        do r = transfer(c, false, room, options.size, &n);
        while (r > 0);
        if (r < 0) release(c);
    }
    if (c->state == RESTING && c->ssl != NULL && c->idle) {
        int n = 0; /* tickets that came later; a server that ends an idle connection is a failure */
        if (transfer(c, false, room, options.size, &n) < 0) fail(c, "idle connection");
    }
}

static void poll_once(int timeout_millis) {
    struct epoll_event events[256];
    int n = epoll_wait(epoll_fd, events, 256, timeout_millis);
    if (n < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < n; i++) progress(events[i].data.ptr);
}

/* Starts operations at the rate asked for, on connections that have nothing to do. */
static void pace(struct connection *all, uint64_t began, uint64_t *started) {
    uint64_t due = (uint64_t)((double)(now() - began) / 1e9 * options.rate);
    for (int i = 0; i < options.connections && *started < due; i++) {
        struct connection *c = &all[(*started + (uint64_t)i) % (uint64_t)options.connections];
        if (c->state == FREE) {
            start(c);
            ++*started;
        } else if (c->state == RESTING) {
            c->state = EXCHANGING;
            c->started = now();
            c->sent = c->received = 0;
            ++*started;
            progress(c);
        }
    }
    if (*started + (uint64_t)options.connections < due) *started = due - (uint64_t)options.connections; /* no debts */
}

static void run_for(double seconds, struct connection *all) {
    uint64_t began = now(), until = began + (uint64_t)(seconds * 1e9), started = 0;
    while (now() < until) {
        if (options.rate > 0) pace(all, began, &started);
        poll_once(options.rate > 0 ? 1 : 10);
    }
}

/*
 * Until the server has worked for some time, as its processor time says: how much a JIT has done depends on that, however busy
 * the machine is otherwise.
 */
static void warm_up(double seconds, struct connection *all) {
    double enough = processor_time(options.server) + seconds * 1e6;
    uint64_t deadline = now() + 30000000000u + (uint64_t)(seconds * 5e9);
    while (processor_time(options.server) < enough && now() < deadline) run_for(0.1, all);
}

static void settle(struct connection *all, int count, int at_once) {
    int next = 0;
    unsettled = 0;
    uint64_t deadline = now() + 120000000000u;
    while (next < count || unsettled > 0) {
        while (next < count && unsettled < at_once) {
            unsettled++;
            start(&all[next++]);
        }
        poll_once(100);
        if (now() > deadline) {
            fprintf(stderr, "generator: %d connections are not established after 120 s\n", unsettled);
            exit(1);
        }
    }
}

static void report(double elapsed, double server, double own) {
    printf("{\"operations\": %lu, \"bytes\": %lu, \"seconds\": %.3f, \"server_micros\": %.0f, \"generator_micros\": %.0f, "
           "\"p50\": %.1f, \"p99\": %.1f, \"slowest\": %.1f, \"resumed\": %lu, \"failures\": %lu, \"failure\": \"%s\"}\n",
           operations, bytes, elapsed, server, own, percentile(0.50), percentile(0.99), (double)slowest / 1e3, resumptions,
           failures, first_failure);
    fflush(stdout);
}

static void read_options(int argc, char **argv) {
    static const char *const works[] = {"handshake", "resume", "echo", "bulk", "hold", "storm"};
    static const struct option names[] = {{"work", 1, 0, 'w'},    {"port", 1, 0, 'p'},   {"connections", 1, 0, 'c'},
                                          {"idle", 1, 0, 'i'},    {"size", 1, 0, 's'},   {"warm", 1, 0, 'W'},
                                          {"seconds", 1, 0, 't'}, {"server", 1, 0, 'S'}, {"groups", 1, 0, 'g'},
                                          {"rate", 1, 0, 'r'},    {"plain", 0, 0, 'P'},  {0, 0, 0, 0}};
    int name;
    while ((name = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (name) {
        case 'w':
            options.work = (enum work)-1;
            for (int i = 0; i < 6; i++)
                if (strcmp(optarg, works[i]) == 0) options.work = (enum work)i;
            if ((int)options.work == -1) exit(2);
            break;
        case 'p': options.port = atoi(optarg); break;
        case 'c': options.connections = atoi(optarg); break;
        case 'i': options.idle = atoi(optarg); break;
        case 's': options.size = atoi(optarg); break;
        case 'W': options.warm = atof(optarg); break;
        case 't': options.seconds = atof(optarg); break;
        case 'S': options.server = atoi(optarg); break;
        case 'g': options.groups = optarg; break;
        case 'r': options.rate = atoi(optarg); break;
        case 'P': options.plain = true; break;
        default: exit(2);
        }
    }
    if (options.port == 0 || options.server == 0 || options.size < 1 || options.connections < 1) {
        fprintf(stderr, "generator: --work, --port and --server (its process) are needed\n");
        exit(2);
    }
}

static void make_context(void) {
    context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
#ifndef OPENSSL_IS_BORINGSSL /* which always offers three, this one first */
    SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256"); /* the same for every server */
#endif
    if (SSL_CTX_set1_curves_list(context, options.groups) != 1) {
        fprintf(stderr, "generator: this OpenSSL has no groups %s\n", options.groups);
        exit(2);
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (options.idle > 0 || options.work == STORM) SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
#ifdef SSL_OP_IGNORE_UNEXPECTED_EOF
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
#endif
    if (options.work == RESUME) {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(context, keep_session);
    } else {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    }
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (!options.plain) make_context();
    int buffer = options.size < 65536 ? 65536 : options.size;
    message = calloc(1, (size_t)buffer);
    room = calloc(1, (size_t)buffer);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);

    struct connection *idle = calloc((size_t)options.idle + 1, sizeof *idle);
    for (int i = 0; i < options.idle; i++) idle[i].idle = true;
    settle(idle, options.idle, 64);
    if (options.work == HOLD) {
        printf("holding %d\n", established);
        fflush(stdout);
        while (getchar() != EOF) {
        }
        return failures > 0;
    }

    struct connection *active = calloc((size_t)options.connections, sizeof *active);
    if (options.work == STORM) {
        measuring = true;
        double server = processor_time(options.server), own = own_processor_time();
        uint64_t began = now();
        settle(active, options.connections, options.connections);
        report((double)(now() - began) / 1e9, processor_time(options.server) - server, own_processor_time() - own);
        return 0;
    }
    bool lasting = options.work == ECHO || options.work == BULK;
    if (options.rate == 0 || lasting)
        for (int i = 0; i < options.connections; i++) start(&active[i]);
    for (uint64_t deadline = now() + 60000000000u; lasting && established < options.idle + options.connections;) {
        poll_once(100);
        if (now() > deadline) {
            fprintf(stderr, "generator: %d connections are not established after 60 s\n", options.connections - established);
            exit(1);
        }
    }
    warm_up(options.warm, active);
    measuring = true;
    failures = 0;
    double server = processor_time(options.server), own = own_processor_time();
    uint64_t began = now();
    run_for(options.seconds, active);
    measuring = false;
    report((double)(now() - began) / 1e9, processor_time(options.server) - server, own_processor_time() - own);
    stopping = true;
    return 0;
}
