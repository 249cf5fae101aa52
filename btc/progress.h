/* SPDX-License-Identifier: Apache-2.0 */
/* A line on the terminal for those who wait longer than a second. */
#ifndef BTC_PROGRESS_H
#define BTC_PROGRESS_H

/* From now on @what is being made. Nothing is shown if stderr is no terminal. */
void progress__start(const char *what);
/* What is being done to it: "clang". */
void progress__step(const char *step);
/* Takes the line away until the next one is due. */
void progress__clear(void);
/* Takes it away for good; before a message, and at the end. The timer survives exec, so it must end. */
void progress__stop(void);

#endif
