/* ws_frame.h - the head of a frame from server to client (RFC 6455, 5.2):
 * final, never masked. */
#ifndef BROADCASTD_WS_FRAME_H
#define BROADCASTD_WS_FRAME_H

#include <stddef.h>

#define WS_HEAD_MAX 10

enum ws_opcode { WS_TEXT = 1, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

/* Bytes written to head. */
size_t ws_frame_head(unsigned char head[static WS_HEAD_MAX],
    enum ws_opcode opcode, size_t payload_len);

#endif
