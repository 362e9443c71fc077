package dev.reprise.cache.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.InMemoryResultStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexHealthTest {
  @TempDir Path home;

  private IndexSettings settings() {
    return IndexSettings.of(home.resolve("index"), Scope.of("test"), new InMemoryResultStore());
  }

  private RocksCacheIndex open() throws Exception {
    return RocksCacheIndex.open(settings().withCommand("reprise run flights")).index();
  }

  @Test
  void holder_indexIsOpenHere_isThisProcessAndStaysTheHolder() throws Exception {
    try (RocksCacheIndex index = open()) {
      assertThat(IndexHealth.holder(home.resolve("index")))
          .hasValueSatisfying(
              holder -> {
                assertThat(holder.pid()).isEqualTo(ProcessHandle.current().pid());
                assertThat(holder.command()).isEqualTo("reprise run flights");
              });
      assertThat(index.stats().entries()).isZero();
    }
  }

  @Test
  void holder_indexClosed_isNobody() throws Exception {
    open().close();

    assertThat(IndexHealth.holder(home.resolve("index"))).isEmpty();
  }

  /** As with a RocksDB that lacks a method: the process may go on for hours, without an index. */
  @Test
  void holder_openingEndedInAnError_isNobody() throws Exception {
    open().close();
    Files.writeString(home.resolve("index/CURRENT"), "MANIFEST-of-nobody\n");
    int[] asked = {0};
    InstantSource clock =
        () -> {
          if (asked[0]++ > 0) {
            throw new NoSuchMethodError("as of another version");
          }
          return Instant.EPOCH;
        };
    assertThatExceptionOfType(NoSuchMethodError.class)
        .isThrownBy(() -> RocksCacheIndex.open(settings().withTime(clock, Ticker.system())));

    assertThat(IndexHealth.holder(home.resolve("index"))).isEmpty();
    open().close();
  }

  @Test
  void holder_wasKilled_isNobody() throws Exception {
    open().close();
    new Holder(1, "host", "user", Instant.EPOCH, "")
        .write(home.resolve("index").resolve(IndexLock.OWNER_FILE));

    assertThat(IndexHealth.holder(home.resolve("index"))).isEmpty();
  }

  @Test
  void holder_wasKilledAndHadThePidOfThisProcess_isNobody() throws Exception {
    open().close(); // in containers every process is number 1
    Holder.self(Instant.EPOCH, "").write(home.resolve("index").resolve(IndexLock.OWNER_FILE));

    assertThat(IndexHealth.holder(home.resolve("index"))).isEmpty();
  }

  @Test
  void holder_noIndex_isNobody() {
    assertThat(IndexHealth.holder(home.resolve("index"))).isEmpty();
  }

  @Test
  void movedAside_damagedIndexes_areListedOldestFirst() throws IOException {
    assertThat(IndexHealth.movedAside(home.resolve("index"))).isEmpty();
    Files.createDirectories(home.resolve("index.replaced-20010102T000000Z"));
    Files.createDirectories(home.resolve("index.corrupt-20010101T000000Z"));
    Files.createDirectories(home.resolve("index"));

    assertThat(IndexHealth.movedAside(home.resolve("index")))
        .containsExactly(
            home.resolve("index.corrupt-20010101T000000Z"),
            home.resolve("index.replaced-20010102T000000Z"));
  }
}
