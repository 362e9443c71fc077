package dev.reprise.cache.index;

import static dev.reprise.cache.testing.Samples.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.testing.ManualTime;
import java.nio.file.Path;
import java.util.List;
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

  private static FileStamp stamp(String path, long size) {
    return new FileStamp(Path.of(path), size, 5, 6, "1:2", FileStamp.Kind.FILE);
  }
}
