package dev.reprise.cache.fingerprint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fingerprints files by their content: the SHA-256 of their bytes, as {@code sha256sum} prints it.
 * Where a file is and when it was written have no part in it.
 *
 * <p>May be used from several threads.
 */
public final class FileFingerprinter {
  /** Longer than a tick of the time stamps of any file system in common use but FAT. */
  public static final Duration DEFAULT_TICK = Duration.ofMillis(10);

  private static final int BUFFER_BYTES = 256 << 10;

  private final FileMemo memo;
  private final InstantSource clock;
  private final long tickNanos;

  /**
   * @param clock the one that the file system's time stamps are made by
   * @param tick the coarsest step of those time stamps
   */
  public FileFingerprinter(FileMemo memo, InstantSource clock, Duration tick) {
    this.memo = memo;
    this.clock = clock;
    this.tickNanos = tick.toNanos();
  }

  /**
   * The digest of a file's bytes. Reads the file unless the memo knows it by its present stamp.
   *
   * @throws UnreadableFileException if the file is missing, is no regular file or cannot be read
   * @throws FileChangedException if it changed while it was being read
   */
  public Fingerprint file(Path path) throws IOException {
    return stamped(path, null).file().content();
  }

  /**
   * The files of a list, for who asks for many.
   *
   * @param name of the list, the same in each run
   * @param paths absolute
   */
  public FileList list(String name, List<Path> paths) {
    return new FileList(this, memo, name, paths);
  }

  /**
   * @param isLasting whether the file has this content as long as it has this stamp
   * @param isNew whether it is not what was remembered
   */
  record Found(StampedFile file, boolean isLasting, boolean isNew) {}

  /**
   * As {@link #file}.
   *
   * @param remembered what the memo says of it; null to ask for it
   */
  Found stamped(Path path, @Nullable StampedFile remembered) throws IOException {
    /*
     * When may a digest be remembered? A change that comes after our read must give another stamp.
     * It does unless it falls into the same tick as the last change before it ("racily clean" [1]).
     * A later change happens after `now`, which is taken before the first stamp; so if the last
     * change was more than a tick before `now`, a later one has another time. A time stamp in the
     * future proves nothing and is not remembered. The time of last modification can be set by
     * programs, that of last change cannot: the later of the two counts. Nor is a file remembered
     * that is not as long as it says, as those of /proc, which have no times to speak of. What no
     * stamp tells is a change through a memory map whose page was written before and not yet
     * written back: docs/how-the-key-is-made.md names it.
     *
     * [1] https://git-scm.com/docs/racy-git
     */
    long now = FileStamp.nanos(clock.instant());
    FileStamp before = FileStamp.of(path);
    if (before.kind() != FileStamp.Kind.FILE) {
      throw new UnreadableFileException(
          path,
          before.kind() == FileStamp.Kind.DIRECTORY
              ? "is a directory; name the files in it, as by a pattern"
              : "is no regular file",
          null);
    }
    if (remembered != null && remembered.stamp().equals(before)) {
      return new Found(remembered, true, false);
    }
    Optional<Fingerprint> known = memo.find(before);
    if (known.isPresent()) {
      return new Found(new StampedFile(before, known.get()), true, true);
    }
    MessageDigest sha256 = Hasher.sha256();
    long length = read(path, sha256);
    Fingerprint content = Fingerprint.of(sha256.digest());
    if (!FileStamp.of(path).equals(before)) {
      throw new FileChangedException(path);
    }
    boolean isLasting = length == before.size() && now - before.lastTouchedNanos() > tickNanos;
    if (isLasting) {
      memo.remember(before, content);
    }
    return new Found(new StampedFile(before, content), isLasting, true);
  }

  /** Digests a file; returns how many bytes it has. */
  private static long read(Path path, MessageDigest sha256) throws IOException {
    long length = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(path)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
        length += n;
      }
    } catch (NoSuchFileException e) {
      throw new UnreadableFileException(path, "does not exist any more", e);
    } catch (AccessDeniedException e) {
      throw new UnreadableFileException(path, "may not be read by this user", e);
    }
    return length;
  }
}
