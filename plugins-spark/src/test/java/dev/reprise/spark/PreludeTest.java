package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.cache.testing.Shows;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/**
 * FAULTS rows 23 and 46: an executor is asked whether it reaches the store, before it gets work.
 */
class PreludeTest {
  @TempDir private Path folder;
  private String shared;

  @BeforeEach
  void makeStore() throws Exception {
    shared =
        FileResultStore.openOrMake(folder.resolve("shared"), FileResultStore.Settings.STANDARD)
            .folder()
            .toString();
  }

  private static Prelude.Found ask(StorePlace store) throws Exception {
    List<byte[]> question = List.of(Prelude.question(store));
    byte[] answer = new Prelude().apply(CollectionConverters.asScala(question.iterator()));
    return Prelude.Found.of(new ByteReader(answer));
  }

  @Test
  void apply_storeIsThere_isNoTrouble() throws Exception {
    assertThat(ask(new StorePlace(shared, "")).trouble()).isEmpty();
  }

  @Test
  void apply_oneBelowAloneIsThere_isNoTrouble() throws Exception {
    String temporary = folder.resolve("of the driver's machine").toString();

    assertThat(ask(new StorePlace(temporary, shared)).trouble()).isEmpty();
  }

  @Test
  @Shows("Fault 46")
  void apply_noneIsThere_tellsWhich() throws Exception {
    String missing = folder.resolve("missing").toString();

    assertThat(ask(new StorePlace(missing, "")).trouble()).contains(missing);
    assertThat(ask(new StorePlace(missing, missing)).trouble()).contains(missing);
  }
}
