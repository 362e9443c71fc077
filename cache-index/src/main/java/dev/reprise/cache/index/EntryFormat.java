package dev.reprise.cache.index;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.Origin.NamedKey;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The binary form of an entry, in the index and in the manifests of the store: a head of fixed form
 * ({@link EntryHead}), then a body.
 *
 * <pre>
 * shape (1: 0 one, 1 many)
 * forms: number, for each: codec, schema                   most partitions have the same
 * partitions, as many as the head says, for each:
 *   number of the form, content digest (32), size, rows + 1
 *   0: inline bytes    1: address (32) and chunk digests (32 each) of a blob
 * origin: run, pipeline, step, label, attempt, executor, host
 * since version 2: name of a cache, key that a user wrote in it
 * CRC32C of the cache key, the head and the body
 * </pre>
 *
 * <p>Numbers are varints unless a width is given, text and bytes have their length before them. A
 * record belongs to its key: under another one it fails its checksums. A change that an older
 * Reprise would misread raises {@link #VERSION}; the golden records of the tests must go on being
 * read. What is in no cache with a name is written as version 1, which programs of before can read.
 */
public final class EntryFormat {
  /** Newest version of the records that are written. */
  public static final int VERSION = 2;

  private static final int WITHOUT_NAMED_KEY = 1;

  private static final int ONE = 0;
  private static final int MANY = 1;
  private static final int PIECES = 2;
  private static final int INLINE = 0;
  private static final int STORED = 1;

  /** Bytes that a partition has at the least: form, content, size, rows, kind, no bytes. */
  private static final int LEAST_PARTITION = 4 + Fingerprint.BYTES;

  private EntryFormat() {}

  private record Form(String codec, Bytes schema) {}

  /** The version that {@code entry} is written as. */
  static int version(CacheEntry entry) {
    return entry.origin().named() == null ? WITHOUT_NAMED_KEY : VERSION;
  }

  /** Returns the record of {@code entry}. */
  public static Bytes encode(CacheEntry entry) {
    ByteWriter to = new ByteWriter();
    write(entry, to);
    return Bytes.wrap(to.toByteArray());
  }

  /** Adds the record of {@code entry}; returns where in {@code to} its body begins. */
  static int write(CacheEntry entry, ByteWriter to) {
    int from = to.size();
    byte[] key = entry.key().digest().bytes();
    EntryHead.write(entry, key, to);
    int body = to.size();
    writeBody(entry, to);
    to.putCrc(seed(key, to.array(), from, body), body);
    return body;
  }

  /**
   * Reads the record under {@code key}.
   *
   * @throws BadRecordException if it fails a checksum, is another key's, or is of a newer version
   */
  public static CacheEntry decode(CacheKey key, Bytes record) throws BadRecordException {
    ByteReader from = new ByteReader(record.array());
    EntryHead.read(from, key);
    return decode(key, record.array(), from.position(), from);
  }

  /**
   * Reads the record under {@code key} whose head, sound, is in {@code head} and whose body comes
   * next in {@code body}: the two may lie in different places.
   */
  static CacheEntry decode(CacheKey key, byte[] head, int headSize, ByteReader body)
      throws BadRecordException {
    ByteReader from = body.checked(seed(key.digest().bytes(), head, 0, headSize));
    try {
      return readBody(key, head, from);
    } catch (IllegalArgumentException e) {
      throw new BadRecordException(String.valueOf(e.getMessage()));
    }
  }

  /** What the body's checksum is seeded with: a body belongs to its key and to its head. */
  private static byte[] seed(byte[] key, byte[] head, int from, int to) {
    byte[] seed = Arrays.copyOf(key, key.length + to - from);
    System.arraycopy(head, from, seed, key.length, to - from);
    return seed;
  }

  private static void writeBody(CacheEntry entry, ByteWriter to) {
    Manifest manifest = entry.manifest();
    to.putByte(
        switch (manifest.shape()) {
          case ONE -> ONE;
          case MANY -> MANY;
          case PIECES -> PIECES;
        });
    List<PartitionRef> partitions = manifest.partitions();
    Map<Form, Integer> forms = new LinkedHashMap<>();
    int[] formOf = new int[partitions.size()];
    for (int i = 0; i < formOf.length; i++) {
      Form form = new Form(partitions.get(i).codec(), partitions.get(i).schema());
      Integer known = forms.putIfAbsent(form, forms.size());
      formOf[i] = known == null ? forms.size() - 1 : known;
    }
    to.putVarint(forms.size());
    for (Form form : forms.keySet()) {
      to.putString(form.codec).putBytes(form.schema.array());
    }
    for (int i = 0; i < formOf.length; i++) {
      PartitionRef partition = partitions.get(i);
      to.putVarint(formOf[i]);
      putFingerprint(partition.content(), to);
      to.putVarint(partition.size()).putVarint(partition.rows() + 1);
      writeLocation(partition.location(), to);
    }
    Origin origin = entry.origin();
    to.putString(origin.run()).putString(origin.pipeline()).putString(origin.step());
    to.putString(origin.label()).putVarint(origin.attempt());
    to.putString(origin.executor()).putString(origin.host());
    NamedKey named = origin.named();
    if (named != null) {
      to.putString(named.cache()).putString(named.text());
    }
  }

  private static void writeLocation(Location location, ByteWriter to) {
    if (location instanceof Location.Inline inline) {
      to.putByte(INLINE).putBytes(inline.bytes().array());
    } else if (location instanceof Location.Stored stored) {
      to.putByte(STORED).putVarint(stored.blob().size());
      putFingerprint(stored.blob().address(), to);
      stored.blob().chunks().forEach(chunk -> putFingerprint(chunk, to));
    } else {
      throw new IllegalArgumentException("an index record cannot hold what is not published");
    }
  }

  private static Shape readShape(ByteReader from) throws BadRecordException {
    int shape = from.getByte();
    return switch (shape) {
      case ONE -> Shape.ONE;
      case MANY -> Shape.MANY;
      case PIECES -> Shape.PIECES;
      default -> throw new BadRecordException("a result is of shape " + shape);
    };
  }

  private static CacheEntry readBody(CacheKey key, byte[] head, ByteReader from)
      throws BadRecordException {
    Shape shape = readShape(from);
    List<Form> forms = new ArrayList<>();
    for (int rest = from.getCount(2); rest > 0; rest--) {
      forms.add(new Form(from.getString(), Bytes.wrap(from.getBytes())));
    }
    int count = EntryHead.partitions(head);
    if (count < 0 || count > from.remaining() / LEAST_PARTITION) {
      throw new BadRecordException("the record promises " + count + " partitions it cannot hold");
    }
    List<PartitionRef> partitions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      partitions.add(readPartition(forms, from));
    }
    String run = from.getString();
    String pipeline = from.getString();
    String step = from.getString();
    String label = from.getString();
    int attempt = (int) from.getVarint();
    String executor = from.getString();
    String host = from.getString();
    NamedKey named =
        EntryHead.version(head) == WITHOUT_NAMED_KEY
            ? null
            : new NamedKey(from.getString(), from.getString());
    from.checkEnd();
    Fingerprint content = Fingerprint.read(head, EntryHead.contentAt());
    long duration = EntryHead.durationNanos(head);
    return new CacheEntry(
        key,
        new Manifest(shape, partitions, content),
        new Origin(run, pipeline, step, label, attempt, executor, duration, host, named),
        EntryHead.createdMillis(head),
        EntryHead.expiresMillis(head));
  }

  private static PartitionRef readPartition(List<Form> forms, ByteReader from)
      throws BadRecordException {
    int form = (int) from.getVarint();
    if (form < 0 || form >= forms.size()) {
      throw new BadRecordException("a partition has form " + form + " of " + forms.size());
    }
    Fingerprint content = getFingerprint(from);
    long size = from.getVarint();
    long rows = from.getVarint() - 1;
    Location location = readLocation(from);
    return new PartitionRef(
        content, forms.get(form).codec, size, rows, forms.get(form).schema, location);
  }

  private static Location readLocation(ByteReader from) throws BadRecordException {
    int kind = from.getByte();
    if (kind == INLINE) {
      return new Location.Inline(Bytes.wrap(from.getBytes()));
    }
    if (kind != STORED) {
      throw new BadRecordException("a partition has location kind " + kind);
    }
    long size = from.getVarint();
    Fingerprint address = getFingerprint(from);
    long count = BlobRef.listedChunks(Math.max(0, size));
    if (size < 0 || count > from.remaining() / Fingerprint.BYTES) {
      throw new BadRecordException("a blob of " + size + " bytes lacks its chunk digests");
    }
    List<Fingerprint> chunks = new ArrayList<>((int) count);
    for (long i = 0; i < count; i++) {
      chunks.add(getFingerprint(from));
    }
    return new Location.Stored(new BlobRef(address, size, chunks));
  }

  static void putFingerprint(Fingerprint value, ByteWriter to) {
    int offset = to.reserve(Fingerprint.BYTES);
    value.write(to.array(), offset);
  }

  private static Fingerprint getFingerprint(ByteReader from) throws BadRecordException {
    return Fingerprint.read(from.array(), from.skip(Fingerprint.BYTES));
  }
}
