package dev.reprise.cache.index;

import static dev.reprise.cache.testing.Samples.content;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.FileBlock;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.StampedFile;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.testing.ManualTime;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class IndexFileMemoTest {
  private final InMemoryCacheIndex index =
      new InMemoryCacheIndex(Scope.of("a/dev"), new InMemoryResultStore(), new ManualTime());
  private final IndexFileMemo memo = new IndexFileMemo(index, true);

  @Test
  void find_sameStamp_isWhatWasRemembered() {
    memo.remember(stamp("/data/a", 1), content(1));

    assertThat(memo.find(stamp("/data/a", 1))).contains(content(1));
    assertThat(new IndexFileMemo(index, false).find(stamp("/data/a", 1))).contains(content(1));
  }

  @Test
  void remember_indexOpenForReading_writesNothing() {
    new IndexFileMemo(index, false).remember(stamp("/data/a", 1), content(1));

    assertThat(memo.find(stamp("/data/a", 1))).isEmpty();
  }

  @Test
  void find_otherStampOrOtherPath_isEmpty() {
    memo.remember(stamp("/data/a", 1), content(1));

    assertThat(memo.find(stamp("/data/a", 2))).isEmpty();
    assertThat(memo.find(stamp("/data/b", 1))).isEmpty();
  }

  @Test
  void remember_again_takesTheOldOnesPlace() {
    memo.remember(stamp("/data/a", 1), content(1));
    memo.remember(stamp("/data/a", 2), content(2));
    assertThat(memo.find(stamp("/data/a", 1))).isEmpty();

    assertThat(memo.find(stamp("/data/a", 2))).contains(content(2));
  }

  @Test
  void find_damagedRecord_isEmpty() throws Exception {
    FileStamp stamp = stamp("/data/a", 1);
    memo.remember(stamp, content(1));
    Bytes record = index.notes(NoteKind.FILE_MEMO, List.of(stamp.pathDigest())).get(0);
    for (int i = 0; i < record.size(); i++) {
      byte[] flipped = record.array().clone();
      flipped[i] ^= 1;
      IndexBatch batch = new IndexBatch();
      batch.add(new Change.PutNote(NoteKind.FILE_MEMO, stamp.pathDigest(), Bytes.wrap(flipped)));
      index.write(batch);

      assertThat(memo.find(stamp)).isEmpty();
    }
  }

  @Test
  void indexGone_findsNothingAndRemembersNothing() {
    index.close();
    memo.remember(stamp("/data/b", 1), content(1));

    assertThat(memo.find(stamp("/data/b", 1))).isEmpty();
  }

  @Test
  void find_block_isWhatWasRememberedOfTheSameFiles() {
    FileBlock block = block(1, "/data/a", "/data/b", "/data/c");
    StampedFile[] files = {file("/data/a"), null, file("/data/c")};
    memo.remember(block, files);

    assertThat(memo.find(block)).containsExactly(files);
    assertThat(memo.find(block(2, "/data/a", "/data/b", "/data/c"))).containsOnlyNulls();
    assertThat(memo.find(block(1, "/data/a", "/data/b"))).containsExactly(null, null);
    assertThat(memo.find(block(1, "/data/a", "/data/c", "/data/b"))).containsOnlyNulls();
  }

  @Test
  void find_damagedBlock_isAsIfNothingWereRemembered() throws Exception {
    FileBlock block = block(1, "/data/a", "/data/b");
    memo.remember(block, new StampedFile[] {file("/data/a"), file("/data/b")});
    byte[] record =
        requireNonNull(index.notes(NoteKind.FILE_BLOCK, List.of(block.id())).get(0)).array();
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] bad =
          Arrays.copyOf(record, i % 2 == 0 ? record.length : random.nextInt(record.length));
      if (bad.length == record.length) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      IndexBatch batch = new IndexBatch();
      batch.add(new Change.PutNote(NoteKind.FILE_BLOCK, block.id(), Bytes.wrap(bad)));
      index.write(batch);

      assertThat(memo.find(block)).containsExactly(null, null);
    }
  }

  /** A record that was written on purpose has a sound checksum, and no content that holds. */
  @Test
  void find_blockWithAnyBytesUnderASoundChecksum_endsInNoOtherWay() throws Exception {
    FileBlock block = block(1, "/data/a", "/data/b");
    Random random = new Random(8);
    for (int i = 0; i < 2000; i++) {
      byte[] any = new byte[random.nextInt(200)];
      random.nextBytes(any);
      ByteWriter to = new ByteWriter();
      to.putByte(1);
      to.putRaw(block.pathsDigest().bytes(), 0, Fingerprint.BYTES).putVarint(2);
      to.putRaw(any, 0, any.length).putCrc(new byte[] {'R', 'P', 'F', 'B'}, 0);
      IndexBatch batch = new IndexBatch();
      batch.add(new Change.PutNote(NoteKind.FILE_BLOCK, block.id(), Bytes.wrap(to.toByteArray())));
      index.write(batch);

      assertThat(memo.find(block)).hasSize(2);
    }
  }

  private static FileBlock block(int number, String... paths) {
    return new FileBlock("list", number, Stream.of(paths).map(Path::of).toList());
  }

  private static StampedFile file(String path) {
    return new StampedFile(stamp(path, path.hashCode() & 0xffff), content(path.length()));
  }

  private static FileStamp stamp(String path, long size) {
    return new FileStamp(Path.of(path), size, 5, 6, "1:2", FileStamp.Kind.FILE);
  }
}
