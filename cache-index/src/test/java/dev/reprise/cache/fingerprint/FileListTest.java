package dev.reprise.cache.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileListTest {
  /** Two blocks, of which one is not full. */
  private static final int FILES = FileList.BLOCK + 44;

  @TempDir Path folder;
  private final BlockMemo memo = new BlockMemo();
  private Instant now = Instant.now().plusSeconds(60);

  /** Counts what is asked of single files, and keeps blocks as it is told. */
  private static final class BlockMemo implements FileMemo {
    private final Map<FileStamp, Fingerprint> single = new HashMap<>();
    private final Map<Fingerprint, List<@Nullable StampedFile>> blocks = new HashMap<>();
    private final List<Integer> written = new ArrayList<>();
    private int asked;

    @Override
    public Optional<Fingerprint> find(FileStamp stamp) {
      asked++;
      return Optional.ofNullable(single.get(stamp));
    }

    @Override
    public void remember(FileStamp stamp, Fingerprint content) {
      single.put(stamp, content);
    }

    @Override
    public @Nullable StampedFile[] find(FileBlock block) {
      List<@Nullable StampedFile> known = blocks.get(block.id());
      return known == null
          ? new StampedFile[block.paths().size()]
          : known.toArray(new StampedFile[0]);
    }

    @Override
    public void remember(FileBlock block, @Nullable StampedFile[] files) {
      written.add(block.number());
      blocks.put(block.id(), new ArrayList<>(Arrays.asList(files)));
    }

    int takeAsked() {
      int count = asked;
      asked = 0;
      return count;
    }

    List<Integer> takeWritten() {
      List<Integer> numbers = List.copyOf(written);
      written.clear();
      return numbers;
    }
  }

  @Test
  void get_secondTime_asksForNoFileByItself() throws IOException {
    List<Path> files = make(FILES);
    List<Fingerprint> first = digests(files);
    assertThat(memo.takeAsked()).isEqualTo(FILES);
    assertThat(memo.takeWritten()).containsExactly(0, 1);

    assertThat(digests(files)).isEqualTo(first);
    assertThat(memo.takeAsked()).isZero();
    assertThat(memo.takeWritten()).isEmpty();
  }

  @Test
  void get_oneFileChanged_asksForItAloneAndRemembersItsBlockAnew() throws IOException {
    List<Path> files = make(FILES);
    List<Fingerprint> before = digests(files);
    memo.takeAsked();
    memo.takeWritten();
    Files.writeString(files.get(FileList.BLOCK + 3), "another text");
    now = Instant.now().plusSeconds(60);

    List<Fingerprint> after = digests(files);
    assertThat(memo.takeAsked()).isEqualTo(1);
    assertThat(memo.takeWritten()).containsExactly(1);
    assertThat(after.get(FileList.BLOCK + 3))
        .isEqualTo(fingerprinter(FileMemo.NONE).file(files.get(FileList.BLOCK + 3)))
        .isNotEqualTo(before.get(FileList.BLOCK + 3));
    after.set(FileList.BLOCK + 3, before.get(FileList.BLOCK + 3));
    assertThat(after).isEqualTo(before);
    assertThat(digests(files)).hasSize(FILES);
    assertThat(memo.takeAsked()).isZero();
  }

  /** FAULTS: a change in the same tick of the clock has the same stamp. */
  @Test
  void get_filesWrittenJustNow_areNotRememberedWithTheirBlockEither() throws IOException {
    List<Path> files = make(FileList.LEAST);
    now = Files.getLastModifiedTime(files.get(0)).toInstant();
    digests(files);
    assertThat(memo.takeWritten()).isEmpty();

    now = Instant.now().plusSeconds(60);
    digests(files);
    memo.takeAsked();
    Files.writeString(files.get(5), "written just now");
    now = Files.getLastModifiedTime(files.get(5)).toInstant();
    digests(files.subList(0, FileList.LEAST));
    assertThat(memo.takeAsked()).isEqualTo(1);
    digests(files);
    assertThat(memo.takeAsked()).as("read again each time").isEqualTo(1);
  }

  @Test
  void get_notAllOfABlockAskedFor_writesNone() throws IOException {
    FileList list = fingerprinter(memo).list("list", make(FILES));
    for (int place = 1; place < FILES; place++) {
      list.get(place);
    }
    assertThat(memo.takeWritten()).containsExactly(1);
  }

  @Test
  void get_fewFiles_areRememberedEachByItself() throws IOException {
    List<Path> files = make(FileList.LEAST - 1);
    digests(files);
    digests(files);
    assertThat(memo.takeAsked()).isEqualTo(2 * files.size());
    assertThat(memo.blocks).isEmpty();
  }

  @Test
  void get_fileThatIsGone_isToldOfWhenItIsAskedFor() throws IOException {
    List<Path> files = make(FileList.LEAST);
    digests(files);
    Files.delete(files.get(7));
    FileList list = fingerprinter(memo).list("list", files);
    list.get(6);
    assertThatThrownBy(() -> list.get(7))
        .isInstanceOf(UnreadableFileException.class)
        .hasMessageContaining("does not exist");
    list.get(8);
  }

  private List<Fingerprint> digests(List<Path> files) throws IOException {
    FileList list = fingerprinter(memo).list("list", files);
    List<Fingerprint> digests = new ArrayList<>();
    for (int place = 0; place < files.size(); place++) {
      digests.add(list.get(place).content());
    }
    return digests;
  }

  private FileFingerprinter fingerprinter(FileMemo with) {
    return new FileFingerprinter(with, () -> now, FileFingerprinter.DEFAULT_TICK);
  }

  private List<Path> make(int count) throws IOException {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(Files.writeString(folder.resolve("f" + i), "text " + i));
    }
    return files;
  }
}
