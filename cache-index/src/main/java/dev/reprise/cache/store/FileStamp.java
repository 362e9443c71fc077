package dev.reprise.cache.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What tells that a file is still the one that was looked at: its bytes cannot have been changed in
 * the ordinary way without one of these changing.
 */
record FileStamp(long inode, long size, long modifiedNanos, long changedNanos) {
  /**
   * Returns the stamp of {@code file}; null where the file system has no such thing, and then
   * nothing is remembered about the file.
   */
  static @Nullable FileStamp of(Path file) throws IOException {
    Map<String, Object> found;
    try {
      found = Files.readAttributes(file, "unix:ino,size,lastModifiedTime,ctime", NOFOLLOW_LINKS);
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return null;
    }
    if (found.get("ino") instanceof Long inode
        && found.get("size") instanceof Long size
        && found.get("lastModifiedTime") instanceof FileTime modified
        && found.get("ctime") instanceof FileTime changed) {
      return new FileStamp(
          inode, size, modified.to(TimeUnit.NANOSECONDS), changed.to(TimeUnit.NANOSECONDS));
    }
    return null;
  }
}
