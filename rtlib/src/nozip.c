// SPDX-License-Identifier: Apache-2.0
/*
 * What of zlib no tool uses, 60 KB of it: libelf could compress sections, libbpf
 * read /proc/config.gz. Static links take these instead (-u in btc's driver.c);
 * unpacking stays, for debug information.
 */
#include <zlib.h>

int deflateInit_(z_stream *strm, int level, const char *version, int stream_size)
{
	(void)strm, (void)level, (void)version, (void)stream_size;
	return Z_STREAM_ERROR;
}

int deflate(z_stream *strm, int flush)
{
	(void)strm, (void)flush;
	return Z_STREAM_ERROR;
}

int deflateEnd(z_stream *strm)
{
	(void)strm;
	return Z_STREAM_ERROR;
}

gzFile gzopen64(const char *path, const char *mode)
{
	(void)path, (void)mode;
	return NULL;
}

char *gzgets(gzFile file, char *buf, int len)
{
	(void)file, (void)buf, (void)len;
	return NULL;
}

int gzclose(gzFile file)
{
	(void)file;
	return Z_STREAM_ERROR;
}
