package dev.reprise.home;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A small file of a home that is made at first need, and then is what it is for all processes and
 * for good. Its owner alone may read it.
 */
final class OnceFile {
  /*
   * A file gets its name when it is whole and durable, by a link that fails if the name is taken, so of
   * several processes that come together the first one's counts. A damaged file is not replaced: another
   * process may have done so since it was read, and its file would be lost with all that goes by it.
   * The next name is taken in its place (`home.id`, `home.id.2`, ...), in the same way.
   */

  /** Nobody damages so many; whoever does must hear of it. */
  private static final int MOST_NAMES = 10;

  private final Path file;
  private final int mostNames;
  private final Predicate<byte[]> sound;
  private final Supplier<byte[]> fresh;

  /**
   * @param sound tells what was written whole from what a power cut or a person left
   * @param fresh makes the content
   */
  OnceFile(Path file, Predicate<byte[]> sound, Supplier<byte[]> fresh) {
    this(file, MOST_NAMES, sound, fresh);
  }

  /**
   * @param mostNames how many of its successors may not be sound before that is an error
   */
  OnceFile(Path file, int mostNames, Predicate<byte[]> sound, Supplier<byte[]> fresh) {
    this.file = file;
    this.mostNames = mostNames;
    this.sound = sound;
    this.fresh = fresh;
  }

  /**
   * What it holds; made if it is not there.
   *
   * @param writable whether it may be made; otherwise this process has a content of its own
   * @throws IOException if it is there and cannot be read, or cannot be made
   */
  byte[] readOrMake(boolean writable) throws IOException {
    for (int number = 1; number <= mostNames; number++) {
      Path at = number == 1 ? file : file.resolveSibling(file.getFileName() + "." + number);
      byte[] found;
      try {
        found = Files.readAllBytes(at);
      } catch (NoSuchFileException e) {
        if (!writable) {
          return fresh.get();
        }
        make(at);
        found = Files.readAllBytes(at);
      }
      if (sound.test(found)) {
        return found;
      }
    }
    throw new IOException(
        "%s and its successors up to .%d are damaged; remove them".formatted(file, mostNames));
  }

  private void make(Path at) throws IOException {
    Path folder = Objects.requireNonNull(at.toAbsolutePath().getParent());
    Path whole = Files.createTempFile(folder, String.valueOf(file.getFileName()), ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(fresh.get());
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      publish(whole, at);
    } finally {
      Files.deleteIfExists(whole);
    }
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    } catch (IOException e) {
      return; // no such thing on this system: a power cut may cost the name
    }
  }

  private static void publish(Path whole, Path at) throws IOException {
    try {
      Files.createLink(at, whole);
    } catch (FileAlreadyExistsException e) {
      // Another process was first.
    } catch (UnsupportedOperationException | IOException e) {
      publishWithoutLinks(whole, at);
    }
  }

  /** Of two processes that come within the same instant, here the second one's may count. */
  private static void publishWithoutLinks(Path whole, Path at) throws IOException {
    try {
      Files.move(whole, at);
    } catch (FileAlreadyExistsException e) {
      // Another process was first.
    }
  }
}
