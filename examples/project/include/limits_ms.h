/* SPDX-License-Identifier: Apache-2.0 */
/* What counts as slow unless the user says otherwise. */
#define SLOW_MS 10
