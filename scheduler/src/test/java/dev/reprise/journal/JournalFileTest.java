package dev.reprise.journal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.reprise.journal.JournalFormat.RecordType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class JournalFileTest {
  @TempDir Path folder;

  private JournalFile open() throws IOException {
    return new JournalFile(folder.resolve("journal"), first());
  }

  private static RecordWriter first() {
    return new RecordWriter().begin(RecordType.HEADER).putString("r1");
  }

  /** A run does not wait for a disk. */
  @Test
  void append_chore_isTheWritersAndDoneBeforeTheEnd() throws Exception {
    JournalFile file = open();
    CountDownLatch diskIsBack = new CountDownLatch(1);
    List<String> done = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 1000; i++) {
      file.append(
          10,
          () -> {
            awaitQuietly(diskIsBack);
            done.add(Thread.currentThread().getName());
          });
    }
    assertThat(done).isEmpty();

    diskIsBack.countDown();
    file.close();

    assertThat(done).hasSize(1000).containsOnly("reprise-journal");
  }

  @Test
  @Timeout(30)
  void syncSoon_littleWasAppended_isInTheFileBeforeTheEnd() throws Exception {
    Duration late = Duration.ofHours(1);
    try (JournalFile file = new JournalFile(folder.resolve("journal"), first(), late)) {
      file.append(new RecordWriter().begin(RecordType.WARNING).putString("in time"));
      assertThat(Files.readString(folder.resolve("journal"), ISO_8859_1)).doesNotContain("in time");

      file.syncSoon();

      while (!Files.readString(folder.resolve("journal"), ISO_8859_1).contains("in time")) {
        Thread.sleep(1);
      }
    }
  }

  @Test
  void close_writerDied_isToldOf() throws Exception {
    JournalFile file = open();
    file.append(
        10,
        () -> {
          throw new OutOfMemoryError("no memory, on purpose");
        });

    assertThatIOException().isThrownBy(file::close).withMessageContaining("no memory, on purpose");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
