package dev.reprise.cache.fingerprint;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the file system says of a file without reading it. Two equal stamps, taken long enough after
 * the last change, mean the same bytes.
 *
 * @param path absolute, else as it was given
 * @param size in bytes
 * @param modifiedNanos time of the last change of the bytes, in nanoseconds since 1970
 * @param changedNanos time of the last change of anything, likewise, which no program can set; 0
 *     where the file system has none
 * @param identity device and inode, so that a file put in the place of another is not taken for it;
 *     empty where the file system has none
 * @param kind what it is
 */
public record FileStamp(
    Path path, long size, long modifiedNanos, long changedNanos, String identity, Kind kind) {
  /** What a path leads to. */
  public enum Kind {
    /** A file with bytes. */
    FILE,
    /** A directory. */
    DIRECTORY,
    /** A pipe, a socket, a device. */
    OTHER
  }

  /**
   * Asks the file system, once; follows symbolic links unless the options say otherwise.
   *
   * @throws UnreadableFileException if there is nothing or it may not be asked
   */
  public static FileStamp of(Path path, LinkOption... options) throws IOException {
    // not normalised: behind a symbolic link, '..' leads to another file than the text says
    Path absolute = path.toAbsolutePath();
    try {
      return absolute.getFileSystem().supportedFileAttributeViews().contains("unix")
          ? unix(absolute, options)
          : basic(absolute, options);
    } catch (NoSuchFileException e) {
      throw new UnreadableFileException(path, "does not exist", e);
    } catch (AccessDeniedException e) {
      throw new UnreadableFileException(path, "may not be read by this user", e);
    } catch (FileSystemException e) {
      throw new UnreadableFileException(path, "cannot be read: " + e.getReason(), e);
    }
  }

  /** Digest of the path, under which a memo keeps what it knows of the file. */
  public Fingerprint pathDigest() {
    return Hasher.of("reprise/path").putString(path.toString()).finish();
  }

  /** Digest of the whole stamp, by which a memo tells whether what it knows is still so. */
  public Fingerprint digest() {
    Hasher hasher = Hasher.of("reprise/file-stamp");
    put(hasher);
    return hasher.finish();
  }

  /** Adds all parts of the stamp but the kind. */
  public void put(Hasher to) {
    to.putString(path.toString())
        .putLong(size)
        .putLong(modifiedNanos)
        .putLong(changedNanos)
        .putString(identity);
  }

  /** The later of the two times. */
  public long lastTouchedNanos() {
    return Math.max(modifiedNanos, changedNanos);
  }

  private static FileStamp unix(Path path, LinkOption... options) throws IOException {
    Map<String, Object> found =
        Files.readAttributes(
            path, "unix:size,lastModifiedTime,ctime,ino,dev,isRegularFile,isDirectory", options);
    return new FileStamp(
        path,
        (long) attribute(found, "size"),
        nanos((FileTime) attribute(found, "lastModifiedTime")),
        nanos((FileTime) attribute(found, "ctime")),
        attribute(found, "dev") + ":" + attribute(found, "ino"),
        kind(
            (boolean) attribute(found, "isRegularFile"),
            (boolean) attribute(found, "isDirectory")));
  }

  private static Object attribute(Map<String, Object> found, String name) {
    return requireNonNull(found.get(name), name);
  }

  private static FileStamp basic(Path path, LinkOption... options) throws IOException {
    BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class, options);
    Object key = found.fileKey();
    return new FileStamp(
        path,
        found.size(),
        nanos(found.lastModifiedTime()),
        0,
        key == null ? "" : key.toString(),
        kind(found.isRegularFile(), found.isDirectory()));
  }

  private static Kind kind(boolean file, boolean directory) {
    return file ? Kind.FILE : directory ? Kind.DIRECTORY : Kind.OTHER;
  }

  /** The moment as stamps have it: nanoseconds since 1970, the first or last that there are. */
  public static long nanos(Instant moment) {
    return nanos(FileTime.from(moment));
  }

  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }
}
