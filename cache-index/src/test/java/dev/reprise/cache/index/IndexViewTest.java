package dev.reprise.cache.index;

import static dev.reprise.cache.index.CacheIndexContract.DEV;
import static dev.reprise.cache.index.CacheIndexContract.answers;
import static dev.reprise.cache.index.CacheIndexContract.keys;
import static dev.reprise.cache.index.CacheIndexContract.put;
import static dev.reprise.cache.testing.Samples.content;
import static dev.reprise.cache.testing.Samples.entry;
import static dev.reprise.cache.testing.Samples.inline;
import static dev.reprise.cache.testing.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code plan}, {@code why} and {@code --cache=read} see of an index, held or not. */
final class IndexViewTest {
  @TempDir Path dir;

  @Test
  void openView_noIndex_isEmptyAndMakesNothing() throws Exception {
    try (CacheIndex view = view()) {
      assertThat(answers(view, 1, 2)).containsOnly(Answer.NO_ENTRY);
      assertThat(view.find(key(1))).isEmpty();
      assertThat(view.findAll(List.of(key(1)))).containsExactly((CacheEntry) null);
      assertThat(view.notes(NoteKind.KEY_PARTS, List.of(content(1)))).hasSize(1);
      assertThat(keys(view)).isEmpty();
      assertThat(view.stats().entries()).isZero();
      view.sync();
      assertThatThrownBy(() -> put(view, entry(1, 1)))
          .isInstanceOf(CacheUnavailableException.class);
    }
    assertThat(dir.resolve("index")).doesNotExist();
  }

  @Test
  void openView_besideAWriter_showsWhatWasWrittenAndTouchesNothing() throws Exception {
    try (RocksCacheIndex writer = RocksCacheIndex.open(settings()).index()) {
      put(writer, entry(1, 1));
      put(writer, entry(2, 1, Manifest.one(inline(2, 50_000))));
      List<String> before = files();

      try (CacheIndex view = view()) {
        assertThat(answers(view, 1, 2, 3)).containsExactly(Answer.HIT, Answer.HIT, Answer.NO_ENTRY);
        assertThat(view.find(key(2))).contains(entry(2, 1, Manifest.one(inline(2, 50_000))));
        assertThat(keys(view)).hasSize(2);
        assertThat(view.stats().entries()).isEqualTo(2);
        assertThatThrownBy(() -> put(view, entry(3, 1)))
            .isInstanceOf(CacheUnavailableException.class)
            .hasMessageContaining("open for reading only");
        put(writer, entry(3, 1));
      }

      assertThat(files()).isEqualTo(before);
      try (CacheIndex later = view()) {
        assertThat(answers(later, 3)).containsExactly(Answer.HIT);
      }
      assertThat(answers(writer, 1, 2, 3)).containsOnly(Answer.HIT);
    }
  }

  @Test
  void openView_writerCompactsMeanwhile_goesOnReading() throws Exception {
    try (RocksCacheIndex writer = RocksCacheIndex.open(settings()).index()) {
      fill(writer, 0);
      writer.compact();
    }
    try (RocksCacheIndex writer = RocksCacheIndex.open(settings()).index();
        CacheIndex view = view()) {
      for (int i = 1; i < 6; i++) {
        fill(writer, i);
        writer.compact();
      }
      long[] all = new long[1000];
      for (int i = 0; i < all.length; i++) {
        all[i] = i;
      }
      assertThat(answers(view, all)).containsOnly(Answer.HIT);
      assertThat(keys(view)).hasSize(1000);
    }
  }

  @Test
  void openView_whileTheWriterFlushes_showsHeadsAndBodiesOfOneMoment() throws Exception {
    Database database = new Opening(settings()).open().database();
    try (RocksCacheIndex writer =
        new RocksCacheIndex(
            database,
            new Parallel(1),
            DEV,
            new InMemoryResultStore(),
            InstantSource.system(),
            /* owner= */ true)) {
      put(writer, entry(1, 1, Manifest.one(inline(1, 4000))));
      writer.compact();
      put(writer, entry(1, 2, Manifest.one(inline(2, 4000))));
      database.use(tables -> tables.db().compactRange(tables.entries()));
      Path index = dir.resolve("index");
      Path moment = Files.createDirectory(dir.resolve("moment"));
      for (String file : files()) {
        if (!file.endsWith(".log")) { // which is gone when the view comes to it
          Files.copy(index.resolve(file), moment.resolve(file));
        }
      }

      try (CacheIndex view = RocksCacheIndex.openView(settings(moment))) {
        assertThat(answers(view, 1)).containsExactly(Answer.HIT);
        assertThat(view.find(key(1))).contains(entry(1, 2, Manifest.one(inline(2, 4000))));
        assertThat(keys(view)).containsExactly(key(1));
      }
    }
  }

  @Test
  void openView_indexNobodyHolds_needsNoLock() throws Exception {
    RocksCacheIndex.open(settings()).index().close();
    try (CacheIndex view = view();
        RocksCacheIndex writer = RocksCacheIndex.open(settings()).index()) {
      put(writer, entry(1, 1));
      assertThat(answers(view, 1)).containsExactly(Answer.NO_ENTRY);
    }
  }

  @Test
  void openView_damagedIndex_isUnavailableAndLeftForTheWriter() throws Exception {
    RocksCacheIndex.open(settings()).index().close();
    try (Stream<Path> files = Files.list(dir.resolve("index"))) {
      Files.delete(files.filter(f -> f.toString().contains("MANIFEST")).findFirst().orElseThrow());
    }
    List<String> before = files();

    assertThatThrownBy(this::view)
        .isExactlyInstanceOf(CacheUnavailableException.class)
        .hasMessageContaining("cannot be opened");
    assertThat(files()).isEqualTo(before);
  }

  private static void fill(CacheIndex index, long created) throws CacheUnavailableException {
    IndexBatch batch = new IndexBatch();
    for (int i = 0; i < 1000; i++) {
      batch.add(new Change.Put(entry(i, created)));
    }
    index.write(batch);
  }

  private CacheIndex view() throws CacheUnavailableException {
    return RocksCacheIndex.openView(settings());
  }

  private IndexSettings settings() {
    return settings(dir.resolve("index"));
  }

  private static IndexSettings settings(Path folder) {
    return IndexSettings.of(folder, DEV, new InMemoryResultStore());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("index"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
