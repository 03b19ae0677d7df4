#include "broadcastd/ws_frame.h"

#include <stdint.h>

size_t
ws_frame_head(unsigned char head[static WS_HEAD_MAX], enum ws_opcode opcode,
    size_t len)
{
	size_t n = 2;

	head[0] = (unsigned char)(0x80 | (unsigned)opcode);
	if (len < 126) {
		head[1] = (unsigned char)len;
		return n;
	}
	head[1] = len <= UINT16_MAX ? 126 : 127;
	for (int shift = head[1] == 126 ? 8 : 56; shift >= 0; shift -= 8)
		head[n++] = (unsigned char)((uint64_t)len >> shift);
	return n;
}
