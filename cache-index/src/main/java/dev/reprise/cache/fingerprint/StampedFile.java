package dev.reprise.cache.fingerprint;

/**
 * A file as it was when it was digested.
 *
 * @param stamp what the file system said of it before its bytes were read
 * @param content the digest of its bytes
 */
public record StampedFile(FileStamp stamp, Fingerprint content) {}
