/* SPDX-License-Identifier: Apache-2.0 */
#include "server/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* "@name" is an abstract socket: its address starts with a NUL byte. */
static socklen_t address_of(const char *path, struct sockaddr_un *address) {
    const size_t length = strlen(path);
    if (length == 0 || length >= sizeof address->sun_path) return 0;
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length);
    if (path[0] == '@') address->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

static void tell(const char *message) {
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {0};
    const socklen_t size = path == NULL ? 0 : address_of(path, &address);
    if (size == 0) return;
    const int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_fd < 0) return;
    /* systemd notices a lost message by its own time limits. */
    (void)sendto(socket_fd, message, strlen(message), MSG_NOSIGNAL,
                 (const struct sockaddr *)&address, size);
    (void)close(socket_fd);
}

void gw_notify_ready(void) { tell("READY=1"); }
void gw_notify_watchdog(void) { tell("WATCHDOG=1"); }
void gw_notify_stopping(void) { tell("STOPPING=1"); }
