package dev.reprise.cache.upkeep;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.IndexBatch.Change.RemoveNote;
import dev.reprise.cache.index.NoteKind;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * That an entry was imported: by the entry's key, for people. It lies beside the entry, and says
 * nothing of another that was made under the key since.
 *
 * @param source who exported the entry
 * @param atMillis when it was imported, by the index's clock
 */
public record ImportNote(ExportSource source, long atMillis) {
  private static final int VERSION = 1;
  private static final byte[] SEED = {'R', 'P', 'X', 'N'};

  /** What is known of where {@code entry} came from; empty if it was made here. */
  public static Optional<ImportNote> of(CacheEntry entry, CacheIndex index)
      throws CacheUnavailableException {
    Bytes note = index.notes(NoteKind.IMPORT, List.of(entry.key().digest())).get(0);
    if (note == null) {
      return Optional.empty();
    }
    try {
      return decode(note, entry);
    } catch (BadRecordException e) {
      return Optional.empty(); // damaged or of another version: nothing to show
    }
  }

  PutNote put(CacheEntry entry) {
    ByteWriter to = new ByteWriter();
    to.putByte(VERSION);
    to.putRaw(identity(entry).bytes(), 0, Fingerprint.BYTES);
    source.write(to);
    to.putLong(atMillis).putCrc(SEED, 0);
    return new PutNote(NoteKind.IMPORT, entry.key().digest(), Bytes.wrap(to.toByteArray()));
  }

  static RemoveNote remove(CacheKey key) {
    return new RemoveNote(NoteKind.IMPORT, key.digest());
  }

  /** When something was imported under the note's key, by the index's clock; empty if damaged. */
  static OptionalLong at(Bytes note) {
    try {
      byte[] bytes = note.array();
      ByteReader from = new ByteReader(bytes).checked(SEED);
      if (from.getByte() != VERSION) {
        return OptionalLong.empty();
      }
      from.skip(Fingerprint.BYTES);
      ExportSource.read(from);
      return OptionalLong.of(from.getLong());
    } catch (BadRecordException e) {
      return OptionalLong.empty();
    }
  }

  /** Reads the note beside {@code entry}; empty if it is of an earlier entry of the key. */
  static Optional<ImportNote> decode(Bytes note, CacheEntry entry) throws BadRecordException {
    byte[] bytes = note.array();
    ByteReader from = new ByteReader(bytes).checked(SEED);
    int version = from.getByte();
    if (version != VERSION) {
      throw new BadRecordException("note of version " + version + ", this one knows " + VERSION);
    }
    Fingerprint of = Fingerprint.read(bytes, from.skip(Fingerprint.BYTES));
    ExportSource source = ExportSource.read(from);
    long atMillis = from.getLong();
    from.checkEnd();
    return of.equals(identity(entry))
        ? Optional.of(new ImportNote(source, atMillis))
        : Optional.empty();
  }

  /** The execution behind an entry; when it expires may be edited. */
  private static Fingerprint identity(CacheEntry entry) {
    return Hasher.of("reprise/imported")
        .putFingerprint(entry.manifest().content())
        .putLong(entry.createdMillis())
        .putString(entry.origin().run())
        .finish();
  }
}
