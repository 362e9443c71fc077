package dev.reprise.cache.index;

import static dev.reprise.cache.index.CacheIndexContract.DEV;
import static dev.reprise.cache.index.CacheIndexContract.put;
import static dev.reprise.cache.testing.Samples.content;
import static dev.reprise.cache.testing.Samples.entry;
import static dev.reprise.cache.testing.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.testing.ManualTime;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cache.upkeep.KeptFailures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** FAULTS rows 17 to 19: what becomes of an index whose files are edited behind its back. */
final class DamagedIndexTest {
  private static final int ENTRIES = 2000;

  /** RocksDB's logs consist of blocks of so many bytes. */
  private static final int BLOCK = 32 << 10;

  /** Kinds of records in logs that are used anew. */
  private static final Set<Integer> RECYCLED = Set.of(5, 6, 7, 8, 11, 131);

  @TempDir Path dir;
  private final ManualTime time = new ManualTime();

  @Test
  @Shows("Fault 17")
  void lookup_flippedBitInASst_losesOneBlockAndSaysSo() throws Exception {
    write(ENTRIES);
    Path sst = onlyFile(".sst");
    flip(sst, Files.size(sst) / 2, 1);

    try (RocksCacheIndex index = open(new OpenReport.Opened())) {
      for (int readers : new int[] {ENTRIES, 31}) { // a scan, then gets
        Map<Answer, Integer> answers = lookup(index, readers);
        int corrupt = answers.getOrDefault(Answer.ENTRY_CORRUPT, 0);
        assertThat(corrupt).isBetween(readers == ENTRIES ? 1 : 0, 100);
        assertThat(answers.get(Answer.HIT)).isEqualTo(readers - corrupt);
      }
      List<String> damage = new ArrayList<>();
      int found = count(index, damage);
      assertThat(damage).hasSize(1).first().asString().contains("block checksum mismatch");
      assertThat(found).isEqualTo(ENTRIES - lookup(index, ENTRIES).get(Answer.ENTRY_CORRUPT));
      put(index, entry(ENTRIES + 1, time.millis()));
      assertThat(index.find(key(ENTRIES + 1))).isPresent();
    }
  }

  @Test
  @Shows("Fault 17")
  void forEachNote_flippedBitInASst_losesOneBlockAndSaysSo() throws Exception {
    try (RocksCacheIndex index = RocksCacheIndex.open(settings()).index()) {
      IndexBatch batch = new IndexBatch();
      for (int i = 0; i < ENTRIES; i++) {
        Bytes value = Bytes.wrap(key(2 * i).digest().bytes()); // which cannot be packed
        batch.add(new Change.PutNote(NoteKind.FAILURE, key(i).digest(), value));
      }
      index.write(batch);
      index.compact();
    }
    Path sst = onlyFile(".sst");
    flip(sst, Files.size(sst) / 2, 1);

    try (RocksCacheIndex index = open(new OpenReport.Opened())) {
      List<Fingerprint> shown = new ArrayList<>();
      List<String> damage = new ArrayList<>();
      index.forEachNote(
          NoteKind.FAILURE,
          new CacheIndex.NoteVisitor() {
            @Override
            public void note(Fingerprint id, Bytes value) {
              shown.add(id);
            }

            @Override
            public void damaged(String why) {
              damage.add(why);
            }
          });
      assertThat(shown).as("all but a block").hasSizeBetween(ENTRIES - 150, ENTRIES - 1);
      assertThat(damage).hasSize(1).first().asString().contains("block checksum mismatch");

      List<String> verified = new ArrayList<>();
      KeptFailures.forEach(
          index,
          new KeptFailures.Visitor() {
            @Override
            public void failure(KeptFailure failure) {
              throw new AssertionError("these are none");
            }

            @Override
            public void damaged(CacheKey key, String why) {
              verified.add(key == null ? why : "");
            }
          });
      assertThat(verified).hasSize(shown.size() + 1).contains(damage.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "truncate .sst",
        "delete .sst",
        "flip MANIFEST",
        "truncate MANIFEST",
        "delete MANIFEST",
        "flip CURRENT",
        "truncate CURRENT",
        "delete CURRENT"
      })
  @Shows("Fault 18")
  void open_filesDamaged_areMovedAsideAndTheIndexBeginsEmpty(String damage) throws Exception {
    write(ENTRIES);
    damage(damage);

    RocksCacheIndex.Opened opened = RocksCacheIndex.open(settings());

    try (RocksCacheIndex index = opened.index()) {
      assertThat(opened.report()).isInstanceOf(OpenReport.MovedAside.class);
      OpenReport.MovedAside moved = (OpenReport.MovedAside) opened.report();
      assertThat(moved.to()).isEqualTo(dir.toRealPath().resolve("index.corrupt-20260301T100000Z"));
      assertThat(moved.to()).isDirectoryNotContaining("glob:**/owner*");
      assertThat(moved.message().orElse(""))
          .contains("is moved to " + moved.to(), "reprise cache rebuild");
      assertThat(lookup(index, 100)).containsOnly(Map.entry(Answer.NO_ENTRY, 100));
      put(index, entry(1, time.millis()));
    }
    try (RocksCacheIndex index = open(new OpenReport.Opened())) {
      assertThat(lookup(index, 100)).containsEntry(Answer.HIT, 1);
    }
  }

  /** Without the scopes' names nothing can be read, without their generations nothing replaced. */
  @Test
  @Shows("Fault 18")
  void open_anyTableDamaged_opensAndMovesAsideWhatHasLostNamesOrGenerations() throws Exception {
    write(ENTRIES);
    List<Path> tables;
    try (Stream<Path> files = Files.list(dir.resolve("index"))) {
      tables = files.filter(file -> file.toString().endsWith(".sst")).toList();
    }
    List<Path> moved = new ArrayList<>();
    for (Path table : tables) {
      Path folder = Files.createDirectory(dir.resolve("without " + table.getFileName()));
      copy(dir.resolve("index"), folder);
      flip(folder.resolve(table.getFileName()), 20, 255);
      openWhateverIsDamaged(folder, moved);
    }
    assertThat(tables).as("and entries").hasSizeGreaterThan(2);
    assertThat(moved).hasSize(2).allSatisfy(to -> assertThat(to).isNotEmptyDirectory());
  }

  private void openWhateverIsDamaged(Path folder, List<Path> moved) throws Exception {
    String unreadable = "";
    try (CacheIndex view = RocksCacheIndex.openView(settings(folder))) {
      lookup(view, 100);
    } catch (CacheUnavailableException e) {
      unreadable = e.getMessage();
    }
    if (!unreadable.isEmpty()) {
      assertThat(unreadable)
          .contains("block checksum mismatch", "; the next run moves it aside and begins an empty");
      assertThatThrownBy(
              () -> RocksCacheIndex.open(settings(folder).withStart(IndexSettings.Start.SOUND)))
          .isInstanceOf(CacheUnavailableException.class)
          .hasMessageContaining("it stays as it is");
    }
    RocksCacheIndex.Opened opened = RocksCacheIndex.open(settings(folder));
    try (RocksCacheIndex index = opened.index()) {
      if (opened.report() instanceof OpenReport.MovedAside aside) {
        moved.add(aside.to());
      }
      assertThat(opened.report() instanceof OpenReport.MovedAside)
          .as("a view tells beforehand")
          .isEqualTo(!unreadable.isEmpty());
      put(index, entry(1, time.millis()));
    }
    RocksCacheIndex.Opened again = RocksCacheIndex.open(settings(folder));
    again.index().close();
    assertThat(again.report()).isEqualTo(new OpenReport.Opened());
  }

  /** What a newer version wrote has a version still, and is left alone: IndexVersionsTest. */
  @ParameterizedTest
  @EnumSource(
      value = IndexSettings.Start.class,
      names = {"SOUND_OR_EMPTY", "EMPTY"})
  void open_markerIsGarbage_movesAllAsideWithIt(IndexSettings.Start start) throws Exception {
    write(10);
    Path marker = dir.resolve("index/reprise-index");
    Files.write(marker, new byte[] {(byte) 0xe7, 0, 'x', (byte) 0x80});
    assertThatThrownBy(() -> RocksCacheIndex.openView(settings()))
        .isExactlyInstanceOf(CacheUnavailableException.class)
        .hasMessageContaining("is damaged (its file reprise-index tells no version); the next run");
    assertThatThrownBy(() -> RocksCacheIndex.open(settings().withStart(IndexSettings.Start.SOUND)))
        .hasMessageContaining("it stays as it is");
    assertThat(Files.size(marker)).isEqualTo(4);

    RocksCacheIndex.Opened opened = RocksCacheIndex.open(settings().withStart(start));

    try (RocksCacheIndex index = opened.index()) {
      Path aside = ((OpenReport.MovedAside) opened.report()).to();
      assertThat(aside.resolve("reprise-index")).hasSize(4);
      assertThat(aside.resolve("CURRENT")).exists();
      assertThat(marker).hasContent("1\n");
      assertThat(index.find(key(1))).isEmpty();
    }
    open(new OpenReport.Opened()).close();
  }

  @Test
  void read_whatIsDamaged_saysWhatHeals() {
    Status status = new Status(Status.Code.Corruption, Status.SubCode.None, "bad");
    assertThat(Database.unreadable(dir, new RocksDBException("bad", status)))
        .hasMessageContaining("cannot be read: bad; 'reprise cache rebuild --anew' moves it aside");
  }

  /** What comes and goes, or is the disk's, is no reason to begin anew. */
  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"Corruption", "NotFound"})
  void isDamage_anythingButDamage_isNone(Status.Code code) {
    Status status = new Status(code, Status.SubCode.None, "input/output error");
    RocksDBException fault = new RocksDBException("input/output error", status);
    assertThat(Opening.isDamage(fault)).isFalse();
    assertThat(Database.unreadable(dir, fault)).hasMessageEndingWith(": input/output error");
  }

  private void damage(String damage) throws IOException {
    String[] words = damage.split(" ", -1);
    Path file = onlyFile(words[1]);
    switch (words[0]) {
      case "flip" -> flip(file, Math.min(10, Files.size(file) - 2), 3);
      case "truncate" -> truncate(file, Math.min(10, Files.size(file) / 2));
      default -> Files.delete(file);
    }
  }

  @Test
  void open_flippedBitInTheVersionOfAFile_isDamageAndNoNewerFormat() throws Exception {
    write(ENTRIES); // FAULTS rows 18 and 27
    Path sst = onlyFile(".sst");
    flip(sst, Files.size(sst) - 12, 8); // the footer ends in the version (4) and a mark (8)

    RocksCacheIndex.Opened opened = RocksCacheIndex.open(settings());

    try (RocksCacheIndex index = opened.index()) {
      assertThat(opened.report()).isInstanceOf(OpenReport.MovedAside.class);
      put(index, entry(1, time.millis()));
    }
  }

  /** As a kill leaves it in the middle of a home's first run. */
  @ParameterizedTest
  @ValueSource(strings = {"MANIFEST", "CURRENT"})
  void open_makingWasCutShortAfter_isNoDamage(String last) throws Exception {
    write(0);
    Path index = dir.resolve("index");
    Files.delete(index.resolve("reprise-index"));
    if (last.equals("MANIFEST")) {
      Files.delete(index.resolve("CURRENT"));
      for (String later : List.of(".log", ".sst")) { // RocksDB makes none before CURRENT
        try (Stream<Path> files = Files.list(index)) {
          for (Path file : files.filter(each -> each.toString().endsWith(later)).toList()) {
            Files.delete(file);
          }
        }
      }
    }

    assertThat(examine(time).faults()).isEmpty();
    try (CacheIndex view = RocksCacheIndex.openView(settings())) {
      assertThat(lookup(view, 10)).containsOnly(Map.entry(Answer.NO_ENTRY, 10));
    }
    RocksCacheIndex.Opened opened = RocksCacheIndex.open(settings());
    try (RocksCacheIndex made = opened.index()) {
      assertThat(opened.report()).isNotInstanceOf(OpenReport.MovedAside.class);
      put(made, entry(1, time.millis()));
    }
    try (RocksCacheIndex again = open(new OpenReport.Opened())) {
      assertThat(lookup(again, 10)).containsEntry(Answer.HIT, 1);
    }
  }

  /** As after a copy of half a folder: there were results in it. */
  @Test
  void open_tablesWithoutMarkerAndCurrent_isDamageAndNoNewIndex() throws Exception {
    write(ENTRIES);
    onlyFile(".sst");
    Path index = dir.resolve("index");
    Files.delete(index.resolve("reprise-index"));
    Files.delete(index.resolve("CURRENT"));

    assertThat(examine(time).faults()).isNotEmpty();
    RocksCacheIndex.Opened opened = RocksCacheIndex.open(settings());
    try (RocksCacheIndex made = opened.index()) {
      assertThat(opened.report()).isInstanceOf(OpenReport.MovedAside.class);
      put(made, entry(1, time.millis()));
    }
  }

  @Test
  void open_damagedTwiceInOneSecond_bothAreKept() throws Exception {
    for (int i = 0; i < 2; i++) {
      write(10);
      Files.delete(onlyFile("MANIFEST"));
      RocksCacheIndex.open(settings()).index().close();
    }

    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "index", "index.corrupt-20260301T100000Z", "index.corrupt-20260301T100000Z-2");
    }
  }

  @Test
  void open_anew_movesASoundIndexAside() throws Exception {
    write(10);

    RocksCacheIndex.Opened opened =
        RocksCacheIndex.open(settings().withStart(IndexSettings.Start.EMPTY));

    try (RocksCacheIndex index = opened.index()) {
      assertThat(((OpenReport.MovedAside) opened.report()).to().getFileName())
          .hasToString("index.replaced-20260301T100000Z");
      assertThat(index.find(key(1))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "flip .sst, block checksum mismatch",
    "truncate .sst, file size mismatch",
    "delete .sst, No such file",
    "flip MANIFEST, ''",
    "truncate CURRENT, ''",
    "delete CURRENT, its file CURRENT is gone"
  })
  void examine_filesDamaged_tellsWhatAndLeavesThemAsTheyAre(String damage, String why)
      throws Exception {
    write(ENTRIES);
    assertThat(examine(time).faults()).isEmpty();
    damage(damage);
    List<String> before = listing();

    IndexHealth.Examined examined = examine(time);

    assertThat(examined.faults()).singleElement().asString().contains(why);
    assertThat(listing()).isEqualTo(before);
  }

  @Test
  void examine_indexIsBeingWritten_readsEveryTableOfItAndDoesNotHinderIt() throws Exception {
    write(ENTRIES);
    try (RocksCacheIndex index = open(new OpenReport.Opened())) {
      put(index, entry(ENTRIES + 1, time.millis()));

      IndexHealth.Examined examined = examine(time);

      assertThat(examined.faults()).isEmpty();
      assertThat(examined.read()).isPositive().isEqualTo(examined.tables());
      put(index, entry(ENTRIES + 2, time.millis()));
    }
  }

  @Test
  void examine_timeIsUp_beginsNoOtherFileAndSaysHowMany() throws Exception {
    write(ENTRIES);
    long[] now = {0};

    IndexHealth.Examined examined = examine(() -> now[0] += Duration.ofSeconds(1).toNanos());

    assertThat(examined.tables()).isGreaterThan(1);
    assertThat(examined.read()).isEqualTo(1);
  }

  private IndexHealth.Examined examine(Ticker ticker) throws Exception {
    return IndexHealth.examine(dir.resolve("index"), Duration.ofSeconds(2), ticker);
  }

  private List<String> listing() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("index"))) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  @SeededTest(seeds = 12)
  @Shows("Fault 19")
  void lookup_anythingInTheLogChanged_losesEntriesAndMakesUpNone(Random random) throws Exception {
    Path copy = unflushed(random); // row 19
    Path log = onlyFile(copy, ".log");
    byte[] bytes = Files.readAllBytes(log);
    switch (random.nextInt(3)) {
      case 0 -> flip(log, random.nextInt(bytes.length), 1 << random.nextInt(8));
      case 1 -> truncate(log, random.nextInt(bytes.length));
      default -> {
        byte[] noise = new byte[1 + random.nextInt(500)];
        random.nextBytes(noise);
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
          file.seek(random.nextInt(bytes.length));
          file.write(noise);
        }
      }
    }

    IndexSettings settings = settings(copy);
    try (RocksCacheIndex index = RocksCacheIndex.open(settings).index()) {
      Map<Answer, Integer> answers = lookup(index, ENTRIES);
      assertThat(answers.keySet()).isSubsetOf(Answer.HIT, Answer.NO_ENTRY);
      try (CacheIndex view = RocksCacheIndex.openView(settings)) {
        assertThat(lookup(view, ENTRIES)).isEqualTo(answers);
      }
      for (int i = 0; i < ENTRIES; i += 37) {
        if (index.find(key(i)).isPresent()) {
          assertThat(index.find(key(i))).contains(entry(i, time.millis()));
        }
      }
    }
  }

  @SeededTest(seeds = 12)
  void open_anythingInTheManifestChanged_losesEntriesAndMakesUpNone(Random random)
      throws Exception {
    write(ENTRIES); // row 18
    Path manifest = onlyFile("MANIFEST");
    if (random.nextBoolean()) {
      flip(manifest, random.nextLong(Files.size(manifest)), 1 << random.nextInt(8));
    } else {
      truncate(manifest, random.nextLong(Files.size(manifest)));
    }

    try (RocksCacheIndex index = RocksCacheIndex.open(settings()).index()) {
      Map<Answer, Integer> answers = lookup(index, ENTRIES);
      assertThat(answers.keySet()).isSubsetOf(Answer.HIT, Answer.NO_ENTRY);
      put(index, entry(ENTRIES + 1, time.millis()));
      assertThat(index.find(key(ENTRIES + 1))).isPresent();
    }
  }

  @SeededTest(seeds = 12)
  void lookup_anythingInASstChanged_nothingWrongIsServed(Random random) throws Exception {
    write(ENTRIES); // row 17
    Path sst = onlyFile(".sst");
    flip(sst, random.nextLong(Files.size(sst)), 1 << random.nextInt(8));

    try (RocksCacheIndex index = RocksCacheIndex.open(settings()).index()) {
      LookupBatch batch = CacheIndexContract.ask(0);
      for (int i = 1; i < ENTRIES; i++) {
        batch.add(key(i).digest().bytes(), 0, Long.MAX_VALUE);
      }
      index.lookup(batch);
      for (int i = 0; i < ENTRIES; i++) {
        if (batch.answer(i) == Answer.HIT) {
          assertThat(Fingerprint.read(batch.contents(), i * Fingerprint.BYTES))
              .isEqualTo(content(i));
        }
      }
    }
  }

  /**
   * Rows 18 and 19: RocksDB 9.8 reads a record that it takes for one of a file used anew again and
   * again, for ever.
   */
  @ParameterizedTest
  @ValueSource(strings = {"MANIFEST", ".log"})
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void open_anyKindOfARecordFlipped_ends(String log) throws Exception {
    Path sound = unflushed(new Random(0));
    byte[] bytes = Files.readAllBytes(onlyFile(sound, log));
    List<Integer> records = records(bytes);
    assertThat(records).hasSizeGreaterThan(5);
    for (int at : List.of(records.get(0), records.get(1), records.get(records.size() - 1))) {
      for (int bit = 0; bit < 8; bit++) {
        Path folder = Files.createDirectory(dir.resolve(at + "-" + bit));
        copy(sound, folder);
        flip(onlyFile(folder, log), at + 6, 1 << bit);
        open(folder, RECYCLED.contains(bytes[at + 6] ^ (1 << bit)));
      }
    }
  }

  private void open(Path folder, boolean recycled) throws Exception {
    if (recycled) {
      assertThat(IndexHealth.examine(folder, Duration.ofSeconds(2), time).faults())
          .singleElement(InstanceOfAssertFactories.STRING)
          .matches("a record of [A-Z0-9.a-z-]+ has a kind that no index has");
      assertThatThrownBy(() -> RocksCacheIndex.openView(settings(folder)))
          .isInstanceOf(CacheUnavailableException.class)
          .hasMessageContainingAll("cannot be opened: a record of", "moves it aside");
    }
    RocksCacheIndex.Opened opened = RocksCacheIndex.open(settings(folder));
    try (RocksCacheIndex index = opened.index()) {
      if (recycled) {
        assertThat(opened.report()).isInstanceOf(OpenReport.MovedAside.class);
      }
      assertThat(lookup(index, ENTRIES).keySet()).isSubsetOf(Answer.HIT, Answer.NO_ENTRY);
    }
  }

  /** Where the records of a log begin: checksum (4), length (2), kind (1), and what they hold. */
  private static List<Integer> records(byte[] log) {
    List<Integer> starts = new ArrayList<>();
    int at = 0;
    while (at + 7 <= log.length) {
      starts.add(at);
      at += 7 + (log[at + 4] & 0xff) + ((log[at + 5] & 0xff) << 8);
      int left = BLOCK - at % BLOCK;
      at += left < 7 ? left : 0;
    }
    return starts;
  }

  /** A copy of an index whose entries are in its log alone, as a kill leaves it. */
  private Path unflushed(Random random) throws Exception {
    Path copy = dir.resolve("copy" + random.nextInt());
    try (RocksCacheIndex index = RocksCacheIndex.open(settings()).index()) {
      writeTo(index, ENTRIES);
      copy(dir.resolve("index"), Files.createDirectory(copy));
    }
    return copy;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private void write(int entries) throws Exception {
    try (RocksCacheIndex index = RocksCacheIndex.open(settings()).index()) {
      writeTo(index, entries);
      index.compact(); // into files: so little would stay in the log
    }
  }

  private void writeTo(RocksCacheIndex index, int entries) throws CacheUnavailableException {
    for (int from = 0; from < entries; from += 100) {
      IndexBatch batch = new IndexBatch();
      for (int i = from; i < Math.min(entries, from + 100); i++) {
        batch.add(new Change.Put(entry(i, time.millis())));
      }
      index.write(batch);
    }
  }

  private RocksCacheIndex open(OpenReport expected) throws Exception {
    RocksCacheIndex.Opened opened = RocksCacheIndex.open(settings());
    assertThat(opened.report()).isEqualTo(expected);
    return opened.index();
  }

  private IndexSettings settings() {
    return settings(dir.resolve("index"));
  }

  private IndexSettings settings(Path folder) {
    return IndexSettings.of(folder, DEV, new InMemoryResultStore())
        .withTime(time, time)
        .withLock(Duration.ZERO, (holder, soFar) -> {});
  }

  private static Map<Answer, Integer> lookup(CacheIndex index, int count)
      throws CacheUnavailableException {
    LookupBatch batch = new LookupBatch();
    for (int i = 0; i < count; i++) {
      batch.add(key(i).digest().bytes(), 0, Long.MAX_VALUE);
    }
    index.lookup(batch);
    Map<Answer, Integer> answers = new EnumMap<>(Answer.class);
    for (int i = 0; i < count; i++) {
      answers.merge(batch.answer(i), 1, Integer::sum);
    }
    return answers;
  }

  private static int count(CacheIndex index, List<String> damage) throws CacheUnavailableException {
    List<CacheKey> found = new ArrayList<>();
    index.forEach(
        new CacheIndex.EntryVisitor() {
          @Override
          public void entry(CacheEntry entry) {
            found.add(entry.key());
          }

          @Override
          public void damaged(CacheKey key, String why) {
            damage.add(why);
          }
        });
    assertThat(found).isSorted().doesNotHaveDuplicates();
    return found.size();
  }

  private Path onlyFile(String name) throws IOException {
    return onlyFile(dir.resolve("index"), name);
  }

  /** The largest file with {@code name} in its name: that of the entries. */
  private static Path onlyFile(Path folder, String name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().contains(name))
          .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
          .orElseThrow();
    }
  }

  private static void flip(Path file, long at, int bits) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int found = bytes.read();
      bytes.seek(at);
      bytes.write(found ^ bits);
    }
  }

  private static void truncate(Path file, long size) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(size);
    }
  }
}
