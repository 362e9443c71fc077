package dev.reprise.cache.fingerprint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.testing.Shows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileFingerprinterTest {
  private static final Duration TICK = Duration.ofMillis(10);

  @TempDir Path folder;
  private final CountingMemo memo = new CountingMemo();
  private Instant now = Instant.now().plusSeconds(60);
  private final FileFingerprinter fingerprinter = new FileFingerprinter(memo, () -> now, TICK);

  private static final class CountingMemo implements FileMemo {
    private final Map<FileStamp, Fingerprint> known = new HashMap<>();
    private Runnable whenAsked = () -> {};
    private int hits;

    @Override
    public Optional<Fingerprint> find(FileStamp stamp) {
      whenAsked.run();
      Optional<Fingerprint> found = Optional.ofNullable(known.get(stamp));
      hits += found.isPresent() ? 1 : 0;
      return found;
    }

    @Override
    public void remember(FileStamp stamp, Fingerprint content) {
      known.put(stamp, content);
    }
  }

  @Test
  void file_isTheSha256OfItsBytes() throws Exception {
    byte[] bytes = "x".repeat(1_000_000).getBytes(UTF_8);
    Path file = Files.write(folder.resolve("a"), bytes);

    assertThat(fingerprinter.file(file)).isEqualTo(Fingerprint.of(Hasher.sha256().digest(bytes)));
    assertThat(fingerprinter.file(write("empty", "")))
        .hasToString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  @Test
  void file_unchanged_isReadOnce() throws Exception {
    Path file = write("a", "one");

    Fingerprint first = fingerprinter.file(file);
    Fingerprint second = fingerprinter.file(file);

    assertThat(second).isEqualTo(first);
    assertThat(memo.hits).isEqualTo(1);
  }

  /** As in /proc, whose files have no length and no times to speak of. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void file_longerThanItsStampSays_isReadEveryTime() throws Exception {
    Path file = Path.of("/proc/self/stat");

    fingerprinter.file(file);
    fingerprinter.file(file);

    assertThat(memo.known).isEmpty();
  }

  @Test
  @Shows("Fault 74")
  void file_rewrittenWithSameSizeAndModificationTime_isReadAgain() throws Exception {
    Path file = write("a", "one");
    FileTime modified = Files.getLastModifiedTime(file);
    Fingerprint first = fingerprinter.file(file);

    Files.writeString(file, "two");
    Files.setLastModifiedTime(file, modified);

    assertThat(fingerprinter.file(file)).isNotEqualTo(first);
    assertThat(memo.hits).isZero();
  }

  @Test
  void file_replacedByAnotherOfEqualStampButInode_isReadAgain() throws Exception {
    Path file = write("a", "one");
    Fingerprint first = fingerprinter.file(file);

    Path other = write("b", "two");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.delete(file);
    Files.move(other, file);

    assertThat(fingerprinter.file(file)).isNotEqualTo(first);
  }

  /** A second change within the same tick would leave the stamp as it is. */
  @Test
  void file_touchedWithinTheLastTick_isNotRemembered() throws Exception {
    Path file = write("a", "one");
    now = touched(file).plus(TICK);
    fingerprinter.file(file);
    assertThat(memo.known).isEmpty();

    now = now.plusNanos(1);
    fingerprinter.file(file);
    assertThat(memo.known).hasSize(1);
  }

  @Test
  void file_touchedInTheFuture_isNotRemembered() throws Exception {
    Path file = write("a", "one");
    Files.setLastModifiedTime(file, FileTime.from(now.plusSeconds(3600)));

    fingerprinter.file(file);

    assertThat(memo.known).isEmpty();
  }

  /** Fault 74: a digest of half of one state and half of the next is of no state. */
  @Test
  @Shows("Fault 74")
  void file_changedWhileRead_isRefusedAndNotRemembered() throws Exception {
    Path file = write("a", "one");
    memo.whenAsked = () -> write("a", "longer");

    assertThatThrownBy(() -> fingerprinter.file(file))
        .isInstanceOf(FileChangedException.class)
        .hasMessageContaining("changed while it was being read");
    assertThat(memo.known).isEmpty();
  }

  @Test
  void file_missingOrNoFile_isRefusedByName() throws Exception {
    Path file = write("a", "one");
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> fingerprinter.file(folder.resolve("b")))
        .isInstanceOf(UnreadableFileException.class)
        .hasMessageContaining("b\" does not exist");
    assertThatThrownBy(() -> fingerprinter.file(file.resolve("c")))
        .isInstanceOf(UnreadableFileException.class);
    assertThatThrownBy(() -> fingerprinter.file(folder))
        .isInstanceOf(UnreadableFileException.class)
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> fingerprinter.file(pipe))
        .isInstanceOf(UnreadableFileException.class)
        .hasMessageContaining("no regular file");
  }

  @Test
  void file_throughASymbolicLink_isWhatTheLinkLeadsTo() throws Exception {
    Path file = write("a", "one");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    Fingerprint first = fingerprinter.file(link);

    Path other = write("b", "two");
    Files.delete(link);
    Files.createSymbolicLink(link, other);

    assertThat(first).isEqualTo(fingerprinter.file(file));
    assertThat(fingerprinter.file(link)).isEqualTo(fingerprinter.file(other));
  }

  /** The link is followed before the dots lead up, so the text of the path tells another file. */
  @Test
  void file_linkInFrontOfDots_isTheFileThatIsRead() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("away/deep"));
    Path here = Files.createDirectories(folder.resolve("here"));
    Files.createSymbolicLink(here.resolve("link"), deep);
    write("here/x", "here");
    write("away/x", "one");
    Path file = here.resolve("link/../x");

    Fingerprint one = fingerprinter.file(file);
    write("away/x", "another");

    assertThat(one).isNotEqualTo(fingerprinter.file(here.resolve("x")));
    assertThat(fingerprinter.file(file))
        .isNotEqualTo(one)
        .isEqualTo(fingerprinter.file(folder.resolve("away/x")));
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Instant touched(Path file) throws IOException {
    long nanos = FileStamp.of(file).lastTouchedNanos();
    return Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
  }
}
