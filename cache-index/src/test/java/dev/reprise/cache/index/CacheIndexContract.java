package dev.reprise.cache.index;

import static dev.reprise.cache.testing.Samples.content;
import static dev.reprise.cache.testing.Samples.entry;
import static dev.reprise.cache.testing.Samples.inline;
import static dev.reprise.cache.testing.Samples.key;
import static dev.reprise.cache.testing.Samples.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.testing.ManualTime;
import dev.reprise.cache.testing.Shows;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link CacheIndex} does. */
abstract class CacheIndexContract {
  static final Scope DEV = Scope.of("flights/dev");
  static final Scope CHILD = new Scope("flights/dev/ann", List.of("flights/dev", "flights/prod"));
  static final Scope PROD = Scope.of("flights/prod");

  final ManualTime time = new ManualTime();
  final InMemoryResultStore store = new InMemoryResultStore();
  private final List<CacheIndex> opened = new ArrayList<>();

  /** A new, empty index of scope {@link #DEV}, by {@link #time} and {@link #store}. */
  abstract CacheIndex newIndex() throws Exception;

  /** The same index from another scope. */
  abstract CacheIndex in(CacheIndex index, Scope scope) throws Exception;

  /** Changes the record under a key of {@link #DEV} behind the index's back. */
  abstract void damage(CacheIndex index, CacheKey key, byte[] record) throws Exception;

  final CacheIndex index() throws Exception {
    CacheIndex index = newIndex();
    opened.add(index);
    return index;
  }

  @AfterEach
  void closeAll() {
    opened.forEach(CacheIndex::close);
  }

  @Test
  void lookup_nothingThere_isNoEntry() throws Exception {
    assertThat(answers(index(), 1, 2)).containsExactly(Answer.NO_ENTRY, Answer.NO_ENTRY);
  }

  @Test
  void lookup_emptyBatch_doesNothing() throws Exception {
    index().lookup(new LookupBatch());
  }

  @Test
  void lookup_afterWrite_hitsWithWhatIsNeededToPlan() throws Exception {
    CacheIndex index = index();
    put(index, entry(7, time.millis()));

    LookupBatch batch = ask(8, 7);
    index.lookup(batch);

    assertThat(batch.answer(0)).isEqualTo(Answer.NO_ENTRY);
    assertThat(batch.answer(1)).isEqualTo(Answer.HIT);
    assertThat(Fingerprint.read(batch.contents(), Fingerprint.BYTES)).isEqualTo(content(7));
    assertThat(batch.durationNanos(1)).isEqualTo(1_000_007);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 32, 600, 20_000})
  void lookup_anyMixOfHitsAndMisses_answersEachPlace(int size) throws Exception {
    CacheIndex index = index();
    Random random = new Random(size);
    Map<Integer, Boolean> there = new HashMap<>();
    IndexBatch batch = new IndexBatch();
    for (int i = 0; i < size; i++) {
      there.put(i, random.nextInt(3) > 0);
      if (there.get(i)) {
        batch.add(new Change.Put(entry(i, time.millis())));
      }
    }
    index.write(batch);
    LookupBatch asked = new LookupBatch();
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < size + size / 5; i++) {
      int number = random.nextInt(size); // some twice, in no order
      numbers.add(number);
      asked.add(key(number).digest().bytes(), 0, Long.MAX_VALUE);
    }

    index.lookup(asked);

    for (int i = 0; i < numbers.size(); i++) {
      int number = numbers.get(i);
      assertThat(asked.answer(i))
          .as("number %s", number)
          .isEqualTo(there.get(number) ? Answer.HIT : Answer.NO_ENTRY);
      if (there.get(number)) {
        assertThat(Fingerprint.read(asked.contents(), 32 * i)).isEqualTo(content(number));
      }
    }
  }

  @Test
  void lookup_fewOfVeryMany_answersEachPlace() throws Exception {
    CacheIndex index = index();
    IndexBatch batch = new IndexBatch();
    for (int i = 0; i < 20_000; i += 2) {
      batch.add(new Change.Put(entry(i, time.millis())));
    }
    index.write(batch);
    LookupBatch asked = new LookupBatch();
    for (int i = 0; i < 1000; i++) {
      asked.add(key(i).digest().bytes(), 0, Long.MAX_VALUE);
    }

    index.lookup(asked);

    for (int i = 0; i < 1000; i++) {
      assertThat(asked.answer(i)).isEqualTo(i % 2 == 0 ? Answer.HIT : Answer.NO_ENTRY);
    }
  }

  @Test
  @Shows("Fault 51")
  void lookup_pastTheTimeToLive_isExpired() throws Exception {
    CacheIndex index = index();
    CacheEntry entry = entry(1, time.millis());
    put(
        index,
        new CacheEntry(
            entry.key(), entry.manifest(), entry.origin(), time.millis(), time.millis() + 1000));

    assertThat(answers(index, 1)).containsExactly(Answer.HIT);
    time.advance(Duration.ofMillis(999));
    assertThat(answers(index, 1)).containsExactly(Answer.HIT);
    time.advance(Duration.ofMillis(1));

    assertThat(answers(index, 1)).containsExactly(Answer.EXPIRED);
    assertThat(index.find(key(1))).isPresent();
  }

  @Test
  void lookup_olderThanTheConsumerAccepts_isExpiredForThatConsumer() throws Exception {
    CacheIndex index = index(); // Coflux 2
    put(index, entry(1, time.millis()));
    time.advance(Duration.ofSeconds(10));
    LookupBatch batch = new LookupBatch();
    batch.add(key(1).digest().bytes(), 0, 9_999);
    batch.add(key(1).digest().bytes(), 0, 10_000);
    batch.add(key(1).digest().bytes(), 0, Long.MAX_VALUE);

    index.lookup(batch);

    assertThat(batch.answer(0)).isEqualTo(Answer.EXPIRED);
    assertThat(batch.answer(1)).isEqualTo(Answer.HIT);
    assertThat(batch.answer(2)).isEqualTo(Answer.HIT);
  }

  @Test
  @Shows("Fault 52")
  void lookup_createdInTheFuture_isAHit() throws Exception {
    CacheIndex index = index(); // FAULTS row 52: a clock that went back gives no negative age
    put(index, entry(1, time.millis() + 100_000));
    LookupBatch batch = new LookupBatch();
    batch.add(key(1).digest().bytes(), 0, 5);

    index.lookup(batch);

    assertThat(batch.answer(0)).isEqualTo(Answer.HIT);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 300})
  void lookup_anyBlobGone_isBlobMissing(int partitions) throws Exception {
    CacheIndex index = index(); // FAULTS row 16
    List<PartitionRef> refs = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      refs.add(stored(store, i, 50 + i));
    }
    put(index, entry(1, time.millis(), Manifest.many(refs)));
    assertThat(answers(index, 1)).containsExactly(Answer.HIT);

    Location.Stored last = (Location.Stored) refs.get(partitions - 1).location();
    store.damage(last.blob().address(), new byte[1]);
    assertThat(answers(index, 1)).containsExactly(Answer.BLOB_CORRUPT);
    store.delete(last.blob().address());

    assertThat(answers(index, 1)).containsExactly(Answer.BLOB_MISSING);
  }

  @Test
  void lookup_recordDamaged_isEntryCorruptAndOthersAreFine() throws Exception {
    CacheIndex index = index(); // FAULTS row 17
    for (int i = 0; i < 100; i++) {
      put(index, entry(i, time.millis()));
    }
    byte[] record = EntryFormat.encode(entry(50, time.millis())).array();
    for (int i = 0; i < EntryHead.LEAST; i++) {
      byte[] flipped = record.clone();
      flipped[i] ^= 1;
      damage(index, key(50), flipped);

      Answer answer = answers(index, 50).get(0);
      assertThat(answer).isIn(Answer.ENTRY_CORRUPT, Answer.NO_ENTRY);
      assertThat(answer == Answer.NO_ENTRY).as("a newer version").isEqualTo(record[0] < flipped[0]);
      assertThat(index.find(key(50))).isEmpty();
    }
    long[] others = new long[100];
    for (int i = 0; i < 100; i++) {
      others[i] = i;
    }
    assertThat(answers(index, others)).filteredOn(Answer.HIT::equals).hasSize(99);
  }

  @Test
  void lookup_recordOfAnotherKey_isEntryCorrupt() throws Exception {
    CacheIndex index = index();
    damage(index, key(1), EntryFormat.encode(entry(2, time.millis())).array());

    assertThat(answers(index, 1)).containsExactly(Answer.ENTRY_CORRUPT);
    assertThat(index.find(key(1))).isEmpty();
  }

  @Test
  void find_entryOfAnyShape_isWhatWasWritten() throws Exception {
    CacheIndex index = index();
    PartitionRef table =
        new PartitionRef(
            content(9),
            "arrow/1",
            3L << 20,
            12,
            Bytes.wrap(new byte[] {1, 2, 3}),
            stored(store, 9, 3 << 20).location());
    List<Manifest> manifests =
        List.of(
            Manifest.one(inline(1, 0)),
            Manifest.one(inline(2, 900)),
            Manifest.one(inline(3, 64 << 10)),
            Manifest.one(table),
            Manifest.many(List.of()),
            Manifest.many(List.of(inline(4, 5), table, inline(5, 70_000), table)));
    for (int i = 0; i < manifests.size(); i++) {
      put(index, entry(i, time.millis(), manifests.get(i)));
    }

    for (int i = 0; i < manifests.size(); i++) {
      assertThat(index.find(key(i))).contains(entry(i, time.millis(), manifests.get(i)));
    }
    assertThat(index.findAll(List.of(key(3), key(77), key(0), key(3))))
        .extracting(entry -> entry == null ? null : entry.key())
        .containsExactly(key(3), null, key(0), key(3));
  }

  @Test
  @Shows("Fault 38")
  void write_overAnEntry_replacesIt() throws Exception {
    CacheIndex index = index();
    for (int size : new int[] {10, 100_000, 20, 5_000}) {
      CacheEntry entry = entry(1, time.millis(), Manifest.one(inline(size, size)));
      put(index, entry);

      assertThat(index.find(key(1))).contains(entry);
    }
  }

  @Test
  void write_remove_isGone() throws Exception {
    CacheIndex index = index();
    put(index, entry(1, time.millis(), Manifest.one(inline(1, 50_000))));
    IndexBatch batch = new IndexBatch();
    batch.add(new Change.Remove(key(1)));
    batch.add(new Change.Remove(key(2)));

    index.write(batch);

    assertThat(answers(index, 1)).containsExactly(Answer.NO_ENTRY);
    assertThat(index.find(key(1))).isEmpty();
  }

  @Test
  void write_changesOfOneKey_areMadeInOrder() throws Exception {
    CacheIndex index = index();
    IndexBatch batch = new IndexBatch();
    batch.add(new Change.Put(entry(1, time.millis())));
    batch.add(new Change.Remove(key(1)));
    batch.add(new Change.Put(entry(1, time.millis() + 5)));
    batch.add(new Change.Put(entry(2, time.millis())));
    batch.add(new Change.Remove(key(2)));

    index.write(batch);
    index.write(new IndexBatch());

    assertThat(index.find(key(1))).contains(entry(1, time.millis() + 5));
    assertThat(index.find(key(2))).isEmpty();
  }

  @Test
  void generation_entriesAreRemovedOrReplaced_grows() throws Exception {
    CacheIndex index = index();
    long first = index.generation();
    IndexBatch added = new IndexBatch();
    added.add(new Change.Put(entry(1, time.millis()), /* replaces= */ false));
    added.add(new Change.PutNote(NoteKind.KEY_PARTS, content(1), Bytes.EMPTY));
    index.write(added);
    assertThat(index.generation()).isEqualTo(first);

    put(index, entry(1, time.millis() + 1));
    long replaced = index.generation();
    assertThat(replaced).isGreaterThan(first);

    IndexBatch removed = new IndexBatch();
    removed.add(new Change.Remove(key(1)));
    index.write(removed);
    assertThat(index.generation()).isGreaterThan(replaced);
  }

  @Test
  void lookup_hitThatNeitherExpiresNorHasBlobs_lasts() throws Exception {
    CacheIndex index = index();
    put(index, entry(1, time.millis(), Manifest.one(inline(1, 10))));
    CacheEntry plain = entry(2, time.millis(), Manifest.one(inline(2, 10)));
    put(
        index,
        new CacheEntry(
            plain.key(), plain.manifest(), plain.origin(), time.millis(), time.millis() + 1_000));
    LookupBatch batch = ask(1, 2);

    index.lookup(batch);

    assertThat(batch.answer(0)).isEqualTo(Answer.HIT);
    assertThat(batch.lasting(0)).isTrue();
    assertThat(batch.answer(1)).isEqualTo(Answer.HIT);
    assertThat(batch.lasting(1)).isFalse();
  }

  @Test
  void notes_areKeptByKindAndId() throws Exception {
    CacheIndex index = index();
    IndexBatch batch = new IndexBatch();
    Bytes value = Bytes.wrap(new byte[] {1, 2});
    batch.add(new Change.PutNote(NoteKind.KEY_PARTS, content(1), value));
    batch.add(new Change.PutNote(NoteKind.FILE_MEMO, content(2), Bytes.EMPTY));
    index.write(batch);

    assertThat(index.notes(NoteKind.KEY_PARTS, List.of(content(2), content(1), content(1))))
        .containsExactly(null, value, value);
    assertThat(index.notes(NoteKind.FILE_MEMO, List.of(content(1), content(2))))
        .containsExactly(null, Bytes.EMPTY);
    assertThat(index.notes(NoteKind.CODE_MEMO, List.of())).isEmpty();
  }

  @Test
  void scopes_seeTheirOwnAndTheirAncestorsEntries() throws Exception {
    CacheIndex dev = index(); // Coflux 7, Flyte 4
    CacheIndex prod = in(dev, PROD);
    CacheIndex child = in(dev, CHILD);
    put(dev, entry(1, time.millis()));
    put(prod, entry(2, time.millis()));
    put(child, entry(3, time.millis()));

    assertThat(answers(dev, 1, 2, 3)).containsExactly(Answer.HIT, Answer.NO_ENTRY, Answer.NO_ENTRY);
    assertThat(answers(prod, 1, 2, 3))
        .containsExactly(Answer.NO_ENTRY, Answer.HIT, Answer.NO_ENTRY);
    assertThat(answers(child, 1, 2, 3)).containsOnly(Answer.HIT);
    assertThat(child.findAll(List.of(key(2), key(9), key(3), key(1))))
        .extracting(entry -> entry == null ? null : entry.key())
        .containsExactly(key(2), null, key(3), key(1));
    assertThat(keys(child)).containsExactly(key(3));
  }

  @Test
  void scopes_ownEntryTooOldForTheConsumer_theAncestorsIsUsedAndFoundWhole() throws Exception {
    CacheIndex dev = index();
    CacheIndex child = in(dev, CHILD);
    put(child, entry(1, time.millis() - 10_000));
    put(dev, entry(1, time.millis() - 1_000));

    LookupBatch batch = new LookupBatch();
    batch.add(key(1).digest().bytes(), 0, 5_000);
    child.lookup(batch);

    assertThat(batch.answer(0)).isEqualTo(Answer.HIT);
    assertThat(child.findAll(List.of(key(1)), 5_000))
        .extracting(CacheEntry::createdMillis)
        .containsExactly(time.millis() - 1_000);
    assertThat(child.findAll(List.of(key(1)), 500))
        .as("too old in both: the nearest")
        .extracting(CacheEntry::createdMillis)
        .containsExactly(time.millis() - 10_000);
    assertThat(child.findAll(List.of(key(1))))
        .extracting(CacheEntry::createdMillis)
        .containsExactly(time.millis() - 10_000);
  }

  @Test
  void scopes_otherAncestors_areAnotherGeneration() throws Exception {
    CacheIndex alone = in(index(), Scope.of(CHILD.name()));
    CacheIndex child = in(alone, CHILD);
    assertThat(child.generation()).isNotEqualTo(alone.generation());
    assertThat(in(child, CHILD).generation()).isEqualTo(child.generation());
  }

  @Test
  void scopes_ownEntryExpired_theAncestorsIsUsed() throws Exception {
    CacheIndex dev = index();
    CacheIndex child = in(dev, CHILD);
    CacheEntry entry = entry(1, time.millis());
    put(
        child,
        new CacheEntry(
            key(1), entry.manifest(), entry.origin(), time.millis() - 10, time.millis() - 5));
    assertThat(answers(child, 1)).containsExactly(Answer.EXPIRED);

    put(dev, entry);

    assertThat(answers(child, 1)).containsExactly(Answer.HIT);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void scopes_ownEntryExpired_findGivesWhatTheLookupTook(int blobs) throws Exception {
    CacheIndex dev = index();
    CacheIndex child = in(dev, CHILD);
    CacheEntry own = entry(1, 1, Manifest.many(blobs(100, blobs)));
    put(child, new CacheEntry(own.key(), own.manifest(), own.origin(), 1, 2));
    CacheEntry ancestors = entry(1, time.millis(), Manifest.many(blobs(200, blobs)));

    assertThat(child.find(key(1)).orElseThrow().manifest()).isEqualTo(own.manifest());
    put(dev, ancestors);

    assertThat(answers(child, 1)).containsExactly(Answer.HIT);
    assertThat(child.find(key(1))).contains(ancestors);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void scopes_blobOfTheOwnEntryGone_theAncestorsIsTakenAndFound(int blobs) throws Exception {
    CacheIndex dev = index(); // FAULTS row 16
    CacheIndex child = in(dev, CHILD);
    List<PartitionRef> own = blobs(100, blobs);
    put(child, entry(1, 1, Manifest.many(own)));
    CacheEntry ancestors = entry(1, time.millis(), Manifest.many(blobs(200, blobs)));
    put(dev, ancestors);
    store.delete(((Location.Stored) own.get(blobs - 1).location()).blob().address());

    assertThat(answers(child, 1)).containsExactly(Answer.HIT);
    assertThat(child.find(key(1))).contains(ancestors);
  }

  private List<PartitionRef> blobs(int first, int count) throws IOException {
    List<PartitionRef> blobs = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      blobs.add(stored(store, i, 50));
    }
    return blobs;
  }

  @Test
  void forEach_entriesReplacedMeanwhile_areShownWhole() throws Exception {
    CacheIndex index = index(); // FAULTS row 38
    for (int i = 0; i < 10; i++) {
      put(index, entry(i, 1, Manifest.one(inline(i, 4000))));
    }
    List<CacheKey> found = new ArrayList<>();

    index.forEach(
        new CacheIndex.EntryVisitor() {
          @Override
          public void entry(CacheEntry entry) {
            found.add(entry.key());
            replaceAll();
          }

          private void replaceAll() {
            try {
              for (int i = 0; i < 10; i++) {
                put(index, CacheIndexContract.large(i));
              }
            } catch (CacheUnavailableException e) {
              throw new AssertionError(e);
            }
          }

          @Override
          public void damaged(CacheKey key, String why) {
            throw new AssertionError(why);
          }
        });

    assertThat(found).hasSize(10);
  }

  private static CacheEntry large(int i) {
    return entry(i, 2, Manifest.one(inline(i + 10, 4000)));
  }

  @Test
  void forEach_showsEntriesInOrderAndNamesDamagedOnes() throws Exception {
    CacheIndex index = index();
    for (int i = 0; i < 10; i++) {
      put(index, entry(i, time.millis(), Manifest.one(inline(i, i * 300))));
    }
    damage(index, key(4), new byte[] {1, 2, 3});
    List<CacheKey> damaged = new ArrayList<>();
    List<CacheEntry> found = new ArrayList<>();

    index.forEach(
        new CacheIndex.EntryVisitor() {
          @Override
          public void entry(CacheEntry entry) {
            found.add(entry);
          }

          @Override
          public void damaged(CacheKey key, String why) {
            damaged.add(key);
          }
        });

    assertThat(damaged).containsExactly(key(4));
    assertThat(found).extracting(CacheEntry::key).isSorted().hasSize(9).doesNotContain(key(4));
    assertThat(found).contains(entry(9, time.millis(), Manifest.one(inline(9, 2700))));
  }

  @Test
  void stats_countEntriesAndBytes() throws Exception {
    CacheIndex index = index();
    put(index, entry(1, time.millis()));
    put(index, entry(2, time.millis()));

    assertThat(index.stats().entries()).isEqualTo(2);
    assertThat(index.stats().bytes()).isPositive();
    assertThat(index.stats().format()).isEqualTo(1);
  }

  @Test
  void notes_putAndRemoved_areShownByKindAndScopeInOrder() throws Exception {
    CacheIndex index = index();
    IndexBatch batch = new IndexBatch();
    for (int i = 0; i < 20; i++) {
      batch.add(
          new Change.PutNote(NoteKind.FAILURE, content(i), Bytes.wrap(new byte[] {(byte) i})));
    }
    batch.add(new Change.PutNote(NoteKind.COMPOSITE, content(30), Bytes.EMPTY));
    index.write(batch);
    IndexBatch more = new IndexBatch();
    more.add(new Change.RemoveNote(NoteKind.FAILURE, content(7)));
    more.add(new Change.RemoveNote(NoteKind.FAILURE, content(30))); // of which there is none
    index.write(more);

    List<Fingerprint> seen = new ArrayList<>();
    index.forEachNote(NoteKind.FAILURE, (id, value) -> seen.add(id));
    assertThat(seen).hasSize(19).isSorted().doesNotContain(content(7));
    assertThat(index.notes(NoteKind.FAILURE, List.of(content(7), content(8)))).element(0).isNull();
    assertThat(index.notes(NoteKind.COMPOSITE, List.of(content(30))).get(0)).isNotNull();
    List<Fingerprint> other = new ArrayList<>();
    in(index, PROD).forEachNote(NoteKind.FAILURE, (id, value) -> other.add(id));
    assertThat(other).isEmpty();
    assertThat(index.nowMillis()).isEqualTo(time.millis());
  }

  @Test
  void close_laterCalls_throwUnavailable() throws Exception {
    CacheIndex index = index(); // FAULTS row 42
    put(index, entry(1, time.millis()));
    index.close();
    index.close();

    IndexBatch batch = new IndexBatch();
    batch.add(new Change.Remove(key(1)));
    assertThatThrownBy(() -> index.lookup(ask(1))).isInstanceOf(CacheUnavailableException.class);
    assertThatThrownBy(() -> index.find(key(1))).isInstanceOf(CacheUnavailableException.class);
    assertThatThrownBy(() -> index.write(batch)).isInstanceOf(CacheUnavailableException.class);
    assertThatThrownBy(index::sync).isInstanceOf(CacheUnavailableException.class);
    assertThatThrownBy(index::stats).isInstanceOf(CacheUnavailableException.class);
    assertThatThrownBy(() -> index.notes(NoteKind.KEY_PARTS, List.of(content(1))))
        .isInstanceOf(CacheUnavailableException.class);
    assertThatThrownBy(() -> keys(index)).isInstanceOf(CacheUnavailableException.class);
  }

  static void put(CacheIndex index, CacheEntry entry) throws CacheUnavailableException {
    IndexBatch batch = new IndexBatch();
    batch.add(new Change.Put(entry));
    index.write(batch);
  }

  static LookupBatch ask(long... numbers) {
    LookupBatch batch = new LookupBatch();
    for (long number : numbers) {
      batch.add(key(number).digest().bytes(), 0, Long.MAX_VALUE);
    }
    return batch;
  }

  static List<Answer> answers(CacheIndex index, long... numbers) throws CacheUnavailableException {
    LookupBatch batch = ask(numbers);
    index.lookup(batch);
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      answers.add(batch.answer(i));
    }
    return answers;
  }

  static List<CacheKey> keys(CacheIndex index) throws CacheUnavailableException {
    List<CacheKey> keys = new ArrayList<>();
    index.forEach(
        new CacheIndex.EntryVisitor() {
          @Override
          public void entry(CacheEntry entry) {
            keys.add(entry.key());
          }

          @Override
          public void damaged(CacheKey key, String why) {
            throw new AssertionError(key + ": " + why);
          }
        });
    return keys;
  }
}
