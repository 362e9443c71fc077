package dev.reprise.cache.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.ResultStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** An index in a RocksDB on this machine's disk. */
public final class RocksCacheIndex implements CacheIndex {
  private final Database database;
  private final Parallel readers;
  private final Scope scope;
  private final List<Rows> rows;
  private final ResultStore store;
  private final InstantSource clock;
  private final boolean owner;

  RocksCacheIndex(
      Database database,
      Parallel readers,
      Scope scope,
      ResultStore store,
      InstantSource clock,
      boolean owner) {
    this.database = database;
    this.readers = readers;
    this.scope = scope;
    this.rows = scope.chain().stream().map(name -> new Rows(Scope.id(name))).toList();
    this.store = store;
    this.clock = clock;
    this.owner = owner;
  }

  /**
   * An open index.
   *
   * @param index closed by whoever opened it
   * @param report what opening it came to; tell the user its message
   */
  public record Opened(RocksCacheIndex index, OpenReport report) {}

  /**
   * Opens an index to read and write it; waits while another process holds it. A damaged index is
   * moved aside, see the report.
   *
   * @throws IndexLockedException if it is not free within the time-out
   * @throws IndexFormatException if a newer version wrote it
   * @throws CacheUnavailableException if it cannot be written there; the run may go on without
   */
  public static Opened open(IndexSettings settings)
      throws IndexLockedException, CacheUnavailableException {
    Opening.Opened opened = new Opening(settings).open();
    RocksCacheIndex index = of(opened.database(), settings);
    try {
      index.nameScope();
    } catch (CacheUnavailableException e) {
      index.close();
      throw e;
    }
    return new Opened(index, opened.report());
  }

  /**
   * Opens a view of an index that another process may be writing: it shows what was written up to
   * now, and cannot be written. Where there is no index it shows an empty one.
   *
   * @throws IndexFormatException if a newer version wrote it
   * @throws CacheUnavailableException if it cannot be read
   */
  public static CacheIndex openView(IndexSettings settings) throws CacheUnavailableException {
    Optional<Database> database = new Viewing(settings).open();
    return database.isPresent() ? of(database.get(), settings) : new EmptyCacheIndex();
  }

  private static RocksCacheIndex of(Database database, IndexSettings settings) {
    return new RocksCacheIndex(
        database,
        new Parallel(settings.readers()),
        settings.scope(),
        settings.store(),
        settings.time().clock(),
        true);
  }

  /**
   * The same index as seen from another scope.
   *
   * @return needs no closing, and is closed with this one
   */
  public RocksCacheIndex in(Scope other) throws CacheUnavailableException {
    RocksCacheIndex view =
        new RocksCacheIndex(database, readers, other, store, clock, /* owner= */ false);
    view.nameScope();
    return view;
  }

  /** The names of all scopes that the index was opened with so far, sorted. */
  public List<String> scopes() throws CacheUnavailableException {
    return database.read(
        tables -> {
          List<String> names = new ArrayList<>();
          try (RocksIterator at = tables.db().newIterator(tables.meta())) {
            for (at.seekToFirst(); at.isValid(); at.next()) {
              names.add(new String(at.value(), UTF_8));
            }
            at.status();
          }
          names.sort(null);
          return names;
        });
  }

  /** Writes down the name behind the id, once. */
  private void nameScope() throws CacheUnavailableException {
    byte[] id = Scope.id(scope.name());
    byte[] name = scope.name().getBytes(UTF_8);
    boolean known = database.read(tables -> tables.db().get(tables.meta(), id) != null);
    if (!known && database.isWritable()) {
      database.write((tables, batch) -> batch.put(tables.meta(), id, name));
    }
  }

  @Override
  public void lookup(LookupBatch batch) throws CacheUnavailableException {
    long now = clock.millis();
    database.use(
        tables ->
            new Wave(tables, rows, readers, batch)
                .answer(scope -> new Judge(store, now, key -> readOne(tables, scope, key))));
  }

  private @Nullable CacheEntry readOne(Tables tables, Rows of, CacheKey key)
      throws CacheUnavailableException {
    try {
      return of.read(tables, List.of(key)).get(0);
    } catch (RocksDBException e) {
      throw database.unreadable(e);
    }
  }

  @Override
  public Optional<CacheEntry> find(CacheKey key) throws CacheUnavailableException {
    return Optional.ofNullable(findAll(List.of(key)).get(0));
  }

  @Override
  public List<@Nullable CacheEntry> findAll(List<CacheKey> keys, long maxAgeMillis)
      throws CacheUnavailableException {
    return database.read(
        tables -> {
          List<@Nullable CacheEntry> found = rows.get(0).read(tables, keys);
          for (Rows ancestor : rows.subList(1, rows.size())) {
            addBetter(found, keys, maxAgeMillis, ancestor, tables);
          }
          return found;
        });
  }

  /** Takes an ancestor's entries for what has none that a look-up would take. */
  private void addBetter(
      List<@Nullable CacheEntry> found,
      List<CacheKey> keys,
      long maxAgeMillis,
      Rows ancestor,
      Tables tables)
      throws RocksDBException {
    long now = clock.millis();
    List<Integer> places = new ArrayList<>();
    List<CacheKey> wanted = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      if (!Judge.isGood(found.get(i), store, now, maxAgeMillis)) {
        places.add(i);
        wanted.add(keys.get(i));
      }
    }
    List<@Nullable CacheEntry> others = ancestor.read(tables, wanted);
    for (int i = 0; i < others.size(); i++) {
      int place = places.get(i);
      if (found.get(place) == null || Judge.isGood(others.get(i), store, now, maxAgeMillis)) {
        found.set(place, others.get(i));
      }
    }
  }

  @Override
  public void write(IndexBatch batch) throws CacheUnavailableException {
    if (!batch.isEmpty()) {
      Rows own = rows.get(0);
      database.write(
          (tables, to) -> own.write(batch, tables, to),
          batch.movesOn() ? own::moveOn : Database.NOTHING_MORE);
    }
  }

  /**
   * Brings the files into their tightest form, which makes scans quicker and files fewer. Takes as
   * long as reading and writing all of them.
   */
  void compact() throws CacheUnavailableException {
    database.use(
        tables -> {
          for (ColumnFamilyHandle family : tables.handles()) {
            tables.db().compactRange(family);
          }
        });
  }

  /** Puts any bytes in the place of a record: for tests of what becomes of damage. */
  void putRaw(CacheKey key, byte[] record) throws CacheUnavailableException {
    database.write(
        (tables, batch) -> batch.put(tables.entries(), rows.get(0).key(key.digest()), record));
  }

  @Override
  public void sync() throws CacheUnavailableException {
    database.sync();
  }

  @Override
  public List<@Nullable Bytes> notes(NoteKind kind, List<Fingerprint> ids)
      throws CacheUnavailableException {
    return database.read(tables -> rows.get(0).notes(tables, kind, ids));
  }

  @Override
  public void forEachNote(NoteKind kind, NoteVisitor each) throws CacheUnavailableException {
    database.use(tables -> rows.get(0).forEachNote(tables, kind, each));
  }

  @Override
  public long nowMillis() {
    return clock.millis();
  }

  @Override
  public long generation() throws CacheUnavailableException {
    return database.read(
        tables -> {
          long sum = scope.ancestry();
          for (Rows of : rows) {
            sum += of.generation(tables);
          }
          return sum;
        });
  }

  @Override
  public void forEach(EntryVisitor each) throws CacheUnavailableException {
    database.use(tables -> new EntryScan(tables, rows.get(0), each).run());
  }

  @Override
  public IndexStats stats() throws CacheUnavailableException {
    return database.read(
        tables ->
            new IndexStats(
                tables.db().getLongProperty(tables.entries(), "rocksdb.estimate-num-keys"),
                database.bytesOnDisk(),
                Opening.FORMAT));
  }

  @Override
  public void close() {
    if (owner) {
      readers.close();
      database.close();
    }
  }
}
