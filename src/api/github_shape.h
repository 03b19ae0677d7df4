/* github_shape.h - what GitHub has, as our clients see it. */
#ifndef API_GITHUB_SHAPE_H
#define API_GITHUB_SHAPE_H

#include "contract/contract.h"
#include "remote/github.h"

extern const struct contract github_issue_shape, github_pull_shape,
    github_comment_shape;

#endif
