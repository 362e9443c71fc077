package dev.reprise.cache.upkeep;

import static dev.reprise.cache.testing.Samples.bytes;
import static dev.reprise.cache.testing.Samples.entry;
import static dev.reprise.cache.testing.Samples.inline;
import static dev.reprise.cache.testing.Samples.key;
import static dev.reprise.cache.testing.Samples.origin;
import static dev.reprise.cache.testing.Samples.stored;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.InMemoryCacheIndex;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.FartherStores;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.testing.BrokenStore;
import dev.reprise.cache.testing.ManualTime;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.cache.upkeep.BadExportException.Kind;
import dev.reprise.cache.upkeep.ExportFormat.Marker;
import dev.reprise.cache.upkeep.ExportFormat.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries that go into a file, and from there into another cache. */
final class ExportTest {
  private static final String DEV = "a/dev";
  private static final String PROD = "b/prod";
  private static final ExportSource ME = new ExportSource("me", "here", DEV, 77);
  private static final long NOW = 1_000_000;

  @TempDir Path dir;
  private final ManualTime time = new ManualTime();
  private FileResultStore store;
  private InMemoryCacheIndex dev;
  private ResultStore otherStore;
  private InMemoryCacheIndex prod;
  private Path file;
  private final List<CacheEntry> differing = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    store = FileResultStore.openOrMake(dir.resolve("store"), FileResultStore.Settings.STANDARD);
    dev = new InMemoryCacheIndex(Scope.of(DEV), store, time);
    file = dir.resolve("export.zip");
    newTarget();
  }

  private void newTarget() throws IOException {
    Path other = Files.createTempDirectory(dir, "other");
    otherStore = FileResultStore.openOrMake(other, FileResultStore.Settings.STANDARD);
    prod = new InMemoryCacheIndex(Scope.of(PROD), otherStore, time);
  }

  private static void put(InMemoryCacheIndex index, CacheEntry... entries) throws Exception {
    IndexBatch batch = new IndexBatch();
    for (CacheEntry entry : entries) {
      batch.add(new Change.Put(entry));
    }
    index.write(batch);
  }

  /** An inline one, two that share a blob of several chunks, and one in pieces. */
  private List<CacheEntry> fill() throws Exception {
    PartitionRef large = stored(store, 2, 3 << 20);
    PartitionRef small = stored(store, 3, 100_000);
    List<CacheEntry> entries =
        List.of(
            entry(1, 11),
            entry(2, 22, Manifest.one(large)),
            entry(3, 33, Manifest.many(List.of(large, inline(7, 70), small))),
            new CacheEntry(key(4), Manifest.many(List.of()), origin(4), 44, NOW + 1));
    put(dev, entries.toArray(CacheEntry[]::new));
    return entries;
  }

  private Export.Result export() throws Exception {
    return export(store);
  }

  private Export.Result export(ResultStore from) throws Exception {
    try (OutputStream to = Files.newOutputStream(file)) {
      return new Export(dev, from, Progress.NONE)
          .run(any -> true, any -> true, ME, to, any -> {}, NOW);
    }
  }

  private Import.Result take(boolean replace) throws Exception {
    return take(otherStore, replace);
  }

  private Import.Result take(ResultStore to, boolean replace) throws Exception {
    try (Import from = Import.open(file)) {
      return from.run(
          prod,
          PROD,
          to,
          new Import.Terms("import-1", replace, true, NOW),
          any -> {},
          differing::add,
          Progress.NONE);
    }
  }

  @Test
  void import_whatWasExported_isThereWithOriginAgeAndBytes() throws Exception {
    List<CacheEntry> entries = fill();

    Export.Result exported = export();
    Import.Result imported = take(false);

    assertThat(exported).isEqualTo(new Export.Result(4, (3 << 20) + 100_000, 0, List.of()));
    assertThat(imported).isEqualTo(new Import.Result(4, 0, 0, 0, List.of()));
    for (CacheEntry entry : entries) {
      assertThat(prod.find(entry.key())).contains(entry);
      assertThat(otherStore.holds(entry.manifest())).isTrue();
      assertThat(ImportNote.of(entry, prod)).contains(new ImportNote(ME, NOW));
      assertThat(ImportNote.of(entry, dev)).isEmpty();
    }
    assertThat(sound()).isEqualTo(4);
    assertThat(take(false)).isEqualTo(new Import.Result(0, 4, 0, 0, List.of()));
    CacheEntry again = entry(2, 23, entries.get(1).manifest());
    assertThat(ImportNote.of(again, prod)).as("it was made here since").isEmpty();
  }

  /** Number of entries; all of them must be whole. */
  private long sound() throws Exception {
    Scopes scopes =
        new Scopes() {
          @Override
          public List<String> names() {
            return List.of(PROD);
          }

          @Override
          public InMemoryCacheIndex in(String name) {
            return prod;
          }
        };
    Verifier.Report report =
        new Verifier(scopes, otherStore).verify(Verifier.Depth.DIGESTS, false, Progress.NONE);
    assertThat(report.findings()).isEmpty();
    return report.entries();
  }

  @Test
  void import_rebuiltFromTheStore_hasWhatHasBlobs() throws Exception {
    fill();
    export();
    take(false);
    List<String> scopes = new ArrayList<>();
    otherStore.forEachManifest(manifest -> scopes.add(manifest.scope()), unreadable -> fail());

    assertThat(scopes).containsExactly(PROD, PROD);
  }

  @Test
  void export_expiredOrDamaged_isLeftOutAndTold() throws Exception {
    fill();
    PartitionRef bad = stored(store, 5, 2 << 20);
    put(
        dev,
        entry(5, 1, Manifest.one(bad)),
        entry(6, 1, Manifest.many(List.of(bad, inline(1, 1)))),
        entry(8, 1, Manifest.one(stored(store, 8, 70_000))),
        new CacheEntry(key(7), Manifest.one(inline(7, 7)), origin(7), 1, NOW));
    try (Stream<Path> files = Files.walk(dir.resolve("store/blobs"))) {
      for (Path blob : files.filter(Files::isRegularFile).toList()) {
        if (Files.size(blob) == 2 << 20) {
          byte[] bytes = Files.readAllBytes(blob);
          bytes[(1 << 20) + 5] ^= 1;
          Files.write(blob, bytes);
        } else if (Files.size(blob) == 70_000) {
          Files.delete(blob);
        }
      }
    }

    Export.Result exported = export();

    assertThat(exported.exported()).isEqualTo(4);
    assertThat(exported.expired()).isEqualTo(1);
    assertThat(exported.damaged())
        .hasSize(3)
        .allMatch(each -> each.startsWith("entry ") && each.contains(" of 'clean': "));
    assertThat(take(false).imported()).isEqualTo(4);
    assertThat(sound()).isEqualTo(4);
  }

  @Test
  void import_anotherResultIsThere_staysUnlessReplaced() throws Exception {
    fill();
    export();
    CacheEntry own = entry(2, 5, Manifest.one(stored(otherStore, 50, 90_000)));
    CacheEntry expired = new CacheEntry(key(1), Manifest.one(inline(60, 6)), origin(1), 5, NOW - 1);
    put(prod, own, expired);

    Import.Result kept = take(false);

    assertThat(kept.imported()).isEqualTo(3);
    assertThat(kept.differing()).isEqualTo(1);
    assertThat(differing).extracting(CacheEntry::key).containsExactly(key(2));
    assertThat(prod.find(key(2))).contains(own);
    assertThat(prod.find(key(1))).contains(entry(1, 11));
    Import.Result replaced = take(true);
    assertThat(replaced.imported()).isEqualTo(1);
    assertThat(replaced.there()).isEqualTo(3);
    assertThat(prod.find(key(2)).orElseThrow().createdMillis()).isEqualTo(22);
    assertThat(sound()).isEqualTo(4);
  }

  @Test
  void missingBytes_ofAnImportCutShort_areThoseOfTheRest() throws Exception {
    fill();
    export();
    newTarget();
    assertThat(missingBytes()).isEqualTo((3 << 20) + 100_000);
    stored(otherStore, 2, 3 << 20);
    assertThat(missingBytes()).as("the large blob is there").isEqualTo(100_000);
    take(false);
    assertThat(missingBytes()).isZero();
  }

  /** All blobs are written to the first store, whatever those behind it have. */
  @Test
  void missingBytes_fartherStoreHasTheBlobs_areThoseThatTheFirstHasNot() throws Exception {
    fill();
    export();
    newTarget();
    List<String> behind = List.of(store.folder().toString());
    otherStore = FartherStores.behind(otherStore, behind, told -> {});
    assertThat(missingBytes()).isEqualTo((3 << 20) + 100_000);
    take(false);
    assertThat(missingBytes()).isZero();
  }

  private long missingBytes() throws Exception {
    try (Import from = Import.open(file)) {
      return from.missingBytes(prod, otherStore, new Import.Terms("r", false, true, NOW));
    }
  }

  @Test
  void evict_whatWasImported_leavesNoNoteOfIt() throws Exception {
    fill();
    export();
    take(false);

    new Eviction(prod, PROD, otherStore).evict(entry -> !entry.key().equals(key(1)), false);

    List<Fingerprint> left = new ArrayList<>();
    prod.forEachNote(NoteKind.IMPORT, (id, note) -> left.add(id));
    assertThat(left).containsExactly(key(1).digest());
  }

  @Test
  void export_recordThatCannotBeRead_isTold() throws Exception {
    fill();
    CacheIndex half =
        (CacheIndex)
            Proxy.newProxyInstance(
                CacheIndex.class.getClassLoader(),
                new Class<?>[] {CacheIndex.class},
                (proxy, method, arguments) -> {
                  Object result = method.invoke(dev, arguments);
                  if (method.getName().equals("forEach")) {
                    ((CacheIndex.EntryVisitor) arguments[0]).damaged(null, "cut short");
                    ((CacheIndex.EntryVisitor) arguments[0]).damaged(key(7), "bad checksum");
                  }
                  return result;
                });

    Export.Result exported =
        new Export(half, store, Progress.NONE)
            .run(any -> true, any -> true, ME, null, any -> {}, NOW);

    assertThat(exported.exported()).isEqualTo(4);
    assertThat(exported.damaged())
        .containsExactly(
            "an entry cannot be read, and may be one of these: cut short",
            "entry %s cannot be read, and may be one of these: bad checksum".formatted(key(7)));
    assertThat(
            new Export(half, store, Progress.NONE)
                .run(any -> true, key(6)::equals, ME, null, any -> {}, NOW)
                .damaged())
        .as("one of another key is none of them")
        .hasSize(1);
  }

  @Test
  void import_expiredMeanwhile_isNotTaken() throws Exception {
    fill();
    export();
    try (Import from = Import.open(file)) {
      Import.Result result =
          from.run(
              prod,
              PROD,
              otherStore,
              new Import.Terms("r", false, true, NOW + 1),
              any -> {},
              any -> {},
              Progress.NONE);
      assertThat(result.expired()).isEqualTo(1);
    }
    assertThat(prod.find(key(4))).isEmpty();
  }

  @Test
  void import_withoutWriting_changesNothing() throws Exception {
    fill();
    export();
    List<CacheEntry> shown = new ArrayList<>();
    try (Import from = Import.open(file)) {
      assertThat(from.source()).isEqualTo(ME);
      assertThat(from.entries()).isEqualTo(4);
      assertThat(from.bytes()).isEqualTo((3 << 20) + 100_000);
      from.run(
          prod,
          PROD,
          otherStore,
          new Import.Terms("r", false, false, NOW),
          shown::add,
          any -> {},
          Progress.NONE);
    }

    assertThat(shown).hasSize(4);
    assertThat(sound()).isZero();
    otherStore.forEachBlob((address, size, published) -> fail());
  }

  @Test
  void import_diskFailsAnywhere_leavesWholeEntriesAndGoesOnLater() throws Exception {
    fill();
    export();
    for (int at = 0; at < 2; at++) {
      for (String what : List.of("writes", "publish", "manifests", "syncs")) {
        newTarget();
        BrokenStore broken = new BrokenStore(otherStore);
        switch (what) {
          case "writes" -> broken.writes = at;
          case "publish" -> broken.publish = at;
          case "manifests" -> broken.manifests = at;
          default -> broken.syncs = at;
        }

        assertThatThrownBy(() -> take(broken, false)).hasMessageContaining("disk on fire");

        assertThat(sound()).as(what + at).isZero();
        assertThat(take(false).imported()).isEqualTo(4);
        assertThat(sound()).isEqualTo(4);
      }
    }
  }

  @Test
  void open_halfOfAFile_isRefused() throws Exception {
    put(dev, entry(1, 11), entry(2, 22, Manifest.one(stored(store, 2, 70_000))));
    export();
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      int length = i < 100 ? whole.length - 1 - i : random.nextInt(whole.length);
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Import.open(file).close()).isInstanceOf(BadExportException.class);
    }
  }

  @SeededTest(seeds = 300)
  void import_anyBytesChanged_refusesOrTakesWhatIsSound(Random random) throws Exception {
    PartitionRef blob = stored(store, 2, 3000);
    put(dev, entry(1, 11), entry(2, 22, Manifest.one(blob)));
    export();
    byte[] bytes = Files.readAllBytes(file);
    for (int rest = 1 + random.nextInt(3); rest > 0; rest--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    Files.write(file, bytes);

    try {
      take(random.nextBoolean());
    } catch (BadExportException e) {
      assertThat(sound()).isZero();
      return;
    } catch (IOException e) {
      // an offset of the file that leads nowhere
    }
    sound();
    for (CacheEntry entry : List.of(entry(1, 11), entry(2, 22, Manifest.one(blob)))) {
      assertThat(prod.find(entry.key()).filter(found -> !found.equals(entry))).isEmpty();
    }
  }

  @Test
  void open_whatIsNoExport_isRefusedAsSuch() throws Exception {
    fill();
    export();
    Map<String, byte[]> parts = read();

    assertKind(Kind.NOT_OURS, "it is no file of exported entries", "hello".getBytes());
    assertKind(Kind.NOT_OURS, "it is no file of exported entries", new byte[0]);
    write(Map.of("a.txt", bytes(5, 1)));
    assertKind(Kind.NOT_OURS, "nothing in it says that it is one", Files.readAllBytes(file));
    Map<String, byte[]> other = new LinkedHashMap<>(parts);
    other.put(ExportFormat.MARKER, "something else".getBytes());
    write(other);
    assertKind(Kind.NOT_OURS, "another program's", Files.readAllBytes(file));
  }

  private void assertKind(Kind kind, String why, byte[] content) throws IOException {
    Files.write(file, content);
    assertThatThrownBy(() -> Import.open(file))
        .isInstanceOfSatisfying(BadExportException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(why);
  }

  @Test
  void open_newerVersion_saysSo() throws Exception {
    byte[] marker = ExportFormat.encode(new Marker(ME, 0, 0));
    byte[] newer = Arrays.copyOf(marker, marker.length - 4);
    newer[4] = 9;
    ByteWriter to = new ByteWriter();
    to.putRaw(newer, 0, newer.length).putCrc(new byte[] {'R', 'P', 'X', 'M'}, 0);
    write(Map.of(ExportFormat.MARKER, to.toByteArray()));

    assertKind(
        Kind.NEWER,
        "a newer Reprise wrote it (format 9, this one knows 1)",
        Files.readAllBytes(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../escape",
        "/etc/passwd",
        "blobs/../../x",
        "blobs/",
        "entries/x",
        "entries/000001",
        "blobs/0000000000000000000000000000000000000000000000000000000000000000/.."
      })
  void open_aNameThatNobodyExports_isRefused(String name) throws Exception {
    fill();
    export();
    Map<String, byte[]> parts = read();
    parts.put(name, bytes(10, 1));
    write(parts);

    assertKind(Kind.DAMAGED, "it has ", Files.readAllBytes(file));
    assertThat(dir.resolve("escape")).doesNotExist();
  }

  @Test
  void open_anEntryTwice_isRefused() throws Exception {
    fill();
    export();
    Map<String, byte[]> parts = read();
    parts.put("entries/000001", parts.get("entries/000000"));
    parts.put(ExportFormat.MARKER, ExportFormat.encode(new Marker(ME, 2, 8)));
    write(parts);

    assertKind(Kind.DAMAGED, "it has entry ", Files.readAllBytes(file));
  }

  @Test
  void open_aNameTwice_isRefused() throws Exception {
    fill();
    export();
    Map<String, byte[]> parts = read();
    parts.put("entries/000009", parts.get("entries/000000"));
    parts.put(ExportFormat.MARKER, ExportFormat.encode(new Marker(ME, 2, 8)));
    write(parts);
    String bytes = new String(Files.readAllBytes(file), ISO_8859_1);
    byte[] twice = bytes.replace("entries/000009", "entries/000000").getBytes(ISO_8859_1);

    assertKind(Kind.DAMAGED, "it has 'entries/000000' twice", twice);
  }

  @Test
  void open_lessThanTheMarkerSays_isRefused() throws Exception {
    fill();
    export();
    Map<String, byte[]> parts = read();
    String blob = parts.keySet().stream().filter(name -> name.startsWith("b")).findAny().get();
    byte[] content = parts.remove(blob);
    write(parts);
    assertKind(Kind.DAMAGED, "which an entry names, is not in it", Files.readAllBytes(file));
    parts.put(blob, Arrays.copyOf(content, content.length + 1));
    write(parts);
    assertKind(Kind.DAMAGED, "has another size", Files.readAllBytes(file));
    parts.put(blob, content);
    parts.put(ExportFormat.MARKER, ExportFormat.encode(new Marker(ME, 1, 5)));
    write(parts);
    assertKind(Kind.DAMAGED, "it has 4 entries, wanted 5", Files.readAllBytes(file));
    parts.remove("entries/000000");
    write(parts);
    assertKind(Kind.DAMAGED, "it has 0 parts with entries, wanted 1", Files.readAllBytes(file));
  }

  @Test
  void open_partThatUnpacksToMore_isRefused() throws Exception {
    fill();
    export();
    Map<String, byte[]> parts = read();
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> part : parts.entrySet()) {
        zip.putNextEntry(new ZipEntry(part.getKey())); // deflated
        zip.write(part.getValue());
        zip.closeEntry();
      }
    }

    assertKind(Kind.DAMAGED, "is not as it is exported", Files.readAllBytes(file));
  }

  @Test
  void import_blobOfOtherBytes_isToldAndNothingOfItStays() throws Exception {
    fill();
    export();
    Map<String, byte[]> parts = read();
    for (String name : List.copyOf(parts.keySet())) {
      if (name.startsWith("blobs/") && parts.get(name).length == 100_000) {
        parts.put(name, bytes(100_000, 99));
      }
    }
    write(parts);

    Import.Result result = take(false);

    assertThat(result.imported()).isEqualTo(3);
    assertThat(result.damaged())
        .singleElement()
        .asString()
        .contains("has other bytes than were exported");
    assertThat(sound()).isEqualTo(3);
    otherStore.forEachTemporary((run, size, written) -> fail());
  }

  private Map<String, byte[]> read() throws IOException {
    Map<String, byte[]> parts = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
        parts.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    return parts;
  }

  private void write(Map<String, byte[]> parts) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> part : parts.entrySet()) {
        ZipEntry entry = new ZipEntry(part.getKey());
        CRC32 crc = new CRC32();
        crc.update(part.getValue());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(part.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(part.getValue());
        zip.closeEntry();
      }
    }
  }

  @SeededTest(seeds = 200)
  void decode_anyBytes_areRefusedAndNothingElse(Random random) throws Exception {
    CacheEntry entry = entry(1, 11);
    List<byte[]> sound =
        List.of(
            ExportFormat.encode(new Marker(ME, 3, 4)),
            ExportFormat.encode(
                List.of(new Row(key(1), Bytes.wrap(bytes(50, 1))), new Row(key(2), Bytes.EMPTY))),
            new ImportNote(ME, 5).put(entry).value().array());
    for (byte[] one : sound) {
      byte[] bytes = Arrays.copyOf(one, random.nextInt(one.length + 5));
      for (int rest = random.nextInt(4); rest > 0 && bytes.length > 0; rest--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      if (!Arrays.equals(bytes, one)) {
        assertThatThrownBy(() -> ExportFormat.decodeMarker(bytes))
            .isInstanceOf(BadExportException.class);
        assertThatThrownBy(() -> ExportFormat.decodeRows(bytes))
            .isInstanceOf(BadRecordException.class);
        assertThatThrownBy(() -> ImportNote.decode(Bytes.wrap(bytes), entry))
            .isInstanceOf(BadRecordException.class);
      }
    }
    assertThat(ExportFormat.decodeMarker(sound.get(0))).isEqualTo(new Marker(ME, 3, 4));
    assertThat(ExportFormat.decodeRows(sound.get(1))).hasSize(2);
    assertThat(ImportNote.decode(Bytes.wrap(sound.get(2)), entry)).contains(new ImportNote(ME, 5));
  }

  @Test
  void export_fileCannotBeWritten_fails() throws Exception {
    fill();
    OutputStream full =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int offset, int count) {
            throw new UncheckedIOException(new IOException("full"));
          }
        };

    assertThatThrownBy(
            () ->
                new Export(dev, store, Progress.NONE)
                    .run(any -> true, any -> true, ME, full, any -> {}, NOW))
        .hasMessageContaining("full");
  }
}
