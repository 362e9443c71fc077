package dev.reprise.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.testing.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VerifiedChunksTest {
  @TempDir Path dir;
  private final VerifiedChunks verified = new VerifiedChunks(InstantSource.system());
  private final BlobRef blob = BlobDigester.blobOf(Samples.bytes((2 << 20) + 5, 1));
  private Path file;
  private Instant later;

  @BeforeEach
  void write() throws IOException {
    file = Files.write(dir.resolve("blob"), Samples.bytes((2 << 20) + 5, 1));
    later = Instant.now().plusSeconds(1);
  }

  @Test
  void of_sameFile_remembersChunkByChunk() throws IOException {
    verified.of(blob, FileStamp.of(file), later).checked(1);

    VerifiedChunks.Marks again = verified.of(blob, FileStamp.of(file), later);
    assertThat(again.isChecked(0)).isFalse();
    assertThat(again.isChecked(1)).isTrue();
    assertThat(again.isChecked(2)).isFalse();
  }

  @Test
  void of_fileWasTouched_remembersNothing() throws IOException {
    verified.of(blob, FileStamp.of(file), later).checked(1);
    Files.copy(file, dir.resolve("other"));
    Files.move(dir.resolve("other"), file, StandardCopyOption.REPLACE_EXISTING);

    assertThat(verified.of(blob, FileStamp.of(file), later).isChecked(1)).isFalse();
  }

  @Test
  void of_touchedWithinTheLastTick_remembersNothing() throws IOException {
    // A change in the same tick would not show in the stamp.
    FileStamp stamp = FileStamp.of(file);
    Instant touched = Instant.EPOCH.plusNanos(stamp.lastTouchedNanos());
    Instant justAfter = touched.plus(Duration.ofMillis(10));

    verified.of(blob, stamp, justAfter).checked(1);
    assertThat(verified.of(blob, stamp, justAfter).isChecked(1)).isFalse();
    verified.of(blob, stamp, justAfter.plusNanos(1)).checked(1);
    assertThat(verified.of(blob, stamp, justAfter.plusNanos(1)).isChecked(1)).isTrue();
  }
}
