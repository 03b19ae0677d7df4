/* differ.h - what lies between two texts, in as few lines as possible.
 *
 * Myers' O(ND) algorithm in linear space (Algorithmica 1, 1986), over lines.
 * Very different long texts are split at the farthest point reached after
 * some thousand steps, fewer the longer they are, which costs a few lines
 * more. */
#ifndef TEXT_DIFFER_H
#define TEXT_DIFFER_H

#include "text/script.h"
#include "text/text.h"

/* The hunks that make `after` of `before`: whole lines, positions in before. */
struct script differ(struct arena *a, const struct lines *before,
    const struct lines *after);

#endif
