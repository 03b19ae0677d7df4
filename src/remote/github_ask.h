/* github_ask.h - one request to GitHub and what becomes of it; for github_*.c
 * alone. */
#ifndef REMOTE_GITHUB_ASK_H
#define REMOTE_GITHUB_ASK_H

#include "contract/contract.h"
#include "remote/github.h"
#include "remote/https.h"

#define GITHUB_PER_PAGE 100

/* A token of an installation, for one repository. */
struct github_pass {
	struct github_pass *next;
	struct str repo;
	int64_t installation;
	struct buf token;
	int64_t until_ms;	/* not used any more from then on */
};

struct github {
	struct github_options o;
	struct https_policy policy;
	struct https *https;
	struct arena *a;	/* what lives as long as this */
	struct str host;	/* for the gate */
	struct str credential;	/* the same, of a token or of the App itself */
	struct github_pass *passes;
	struct github_pass *pass;	/* of the last request */
};

/* What is asked.  Either path or url. */
struct github_question {
	const char *method;
	struct str path;	/* below the API, with its query */
	struct str url;		/* of a next page, as GitHub gave it */
	struct str body;
	enum gate_cost cost;
	struct str jwt;		/* in the place of the token */
	bool (*on_piece)(void *to, struct str bytes);	/* as of https */
	void *to;
};

struct github_reply {
	struct https_answer got;
	struct str url;
	struct gate_key key;
};

/* 0 for an answer of 2xx, and for a redirect when on_piece is there; the
 * outcome is set. */
int github_ask(struct github *g, struct github_call *c,
    const struct github_question *q, struct github_reply *out, struct err *e);
/* The same, and the answer's body by that contract. */
int github_ask_for(struct github *g, struct github_call *c,
    const struct github_question *q, const struct contract *form, void *out,
    struct err *e);
/* A body of JSON that was asked for and can be used: GitHub need not send it
 * again while it stays so. */
void github_keep(struct github *g, const struct github_reply *r);
/* It cannot be used; takes what the err says about why.  Returns -1. */
int github_misread(struct github *g, struct github_call *c,
    const struct github_question *q, const struct github_reply *r,
    struct err *e);

/* A list over all its pages. */
struct github_list {
	struct str path;	/* with its query, but per_page */
	const char *wrap;	/* the member that has the rows; NULL: none */
	const struct contract *row;
	/* False: no more is wanted, and the list has more.  The row's strings
	 * stay. */
	bool (*take)(void *to, const void *row);
	void *to;
	bool more;		/* out: take() said so */
};
int github_ask_list(struct github *g, struct github_call *c,
    struct github_list *l, struct err *e);

/* "/repos/OWNER/NAME" and what follows; refused when the name is none. */
int github_path(struct github_call *c, struct str *out, struct err *e,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* "&name=value", or "" without a value. */
struct str github_param(struct arena *a, const char *name, struct str value);
/* Nothing was sent, and never will be. */
int github_refuse(struct github_call *c);

/* What authenticates for c->repo: token, and whose counters they are.  As
 * github_ask() about the outcome, which is never UNKNOWN. */
int github_authenticate(struct github *g, struct github_call *c,
    struct str *token, struct str *credential, struct err *e);
/* The token was refused: the next is a new one.  False: there is no other. */
bool github_forget_pass(struct github *g);
/* What the App signs (RFC 7519), good for some minutes. */
int github_jwt(const struct github *g, struct arena *a, int64_t now_ms,
    struct str *out, struct err *e);

#endif
