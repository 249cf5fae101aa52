/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens. The language has no context-free token stream: attach points and C
 * definitions are raw text. So the parser asks for the token at an offset and
 * decides itself where raw text begins.
 */
#ifndef BTC_LEX_H
#define BTC_LEX_H

#include "diag.h"

enum tok {
	T_EOF,
	T_STOP,	  /* never lexed: what the parser sees until it has resynchronised */
	T_BAD,	  /* a byte that starts no token; not yet reported */
	T_IDENT,  /* keywords too: they are not reserved everywhere */
	T_VAR,	  /* $x */
	T_MAP,	  /* @x, @ */
	T_PARAM,  /* $1 */
	T_NPARAM, /* $# */
	T_INT,
	T_STR,
	T_LPAREN,
	T_RPAREN,
	T_LBRACE,
	T_RBRACE,
	T_LBRACK,
	T_RBRACK,
	T_SEMI,
	T_COLON,
	T_COMMA,
	T_DOT,
	T_DOTDOT,
	T_ARROW,
	T_QUEST,
	T_INC,
	T_DEC,
	T_NOT,
	T_TILDE,
	T_PLUS,
	T_MINUS,
	T_STAR,
	T_SLASH,
	T_PERCENT,
	T_AMP,
	T_PIPE,
	T_CARET,
	T_SHL,
	T_SHR,
	T_ANDAND,
	T_OROR,
	T_EQ,
	T_NE,
	T_LT,
	T_LE,
	T_GT,
	T_GE,
	T_ASSIGN,
	/* In the order of T_PLUS to T_SHR. */
	T_PLUS_EQ,
	T_MINUS_EQ,
	T_STAR_EQ,
	T_SLASH_EQ,
	T_PERCENT_EQ,
	T_AMP_EQ,
	T_PIPE_EQ,
	T_CARET_EQ,
	T_SHL_EQ,
	T_SHR_EQ,
};

struct token {
	enum tok kind;
	struct loc loc;
	/*
	 * T_IDENT and T_VAR: the name; T_MAP: with '@'; T_STR: unescaped, may
	 * hold NULs. NULL when only peeked at.
	 */
	const char *text;
	size_t len;
	uint64_t num; /* T_INT, T_PARAM */
	bool is_hex;
	bool bad_escape;
	bool broken; /* a string that is not closed: what follows is a guess */
};

struct lexer {
	struct arena *a;
	struct diags *d;
	const struct source *src;
	bool comment_told; /* an unclosed comment was reported */
};

/*
 * The token at or after @pos, behind layout. A malformed literal is reported
 * and comes back as if it were right. lex__peek reports nothing and makes no
 * text: for looking ahead and for skipping.
 */
void lex__token(struct lexer *lx, uint32_t pos, struct token *t);
void lex__peek(struct lexer *lx, uint32_t pos, struct token *t);

/* The offset behind blanks and comments. */
uint32_t lex__skip_layout(struct lexer *lx, uint32_t pos);

/* Is the token's text @word? */
bool token__is(const struct token *t, const char *word);

struct loc lex__loc(const struct lexer *lx, uint32_t begin, uint32_t end);

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_ident_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static inline bool is_ident(char c)
{
	return is_ident_start(c) || is_digit(c);
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

#endif
