package dev.reprise.cache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.store.DamagedBlobException.Damage;
import dev.reprise.cache.testing.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.apache.arrow.memory.util.MemoryUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that does not give what it holds: the blob is as good as gone, and can be made again. */
final class FilePayloadTest {
  private static final int BYTES = (2 << 20) + 5;

  @TempDir Path dir;
  private final byte[] bytes = Samples.bytes(BYTES, 1);
  private final BlobRef blob = BlobDigester.blobOf(bytes);
  private Path file;
  private int openFailures;
  private int readFailures;
  private long readFailsFrom;
  private IOException failure = new IOException("Input/output error");
  private int open;
  private boolean mappable = true;

  @BeforeEach
  void write() throws IOException {
    file = Files.write(dir.resolve("blob"), bytes);
  }

  @Test
  void bytes_readFailsEachTime_isDamageThatKeepsTheCause() {
    readFailures = Integer.MAX_VALUE;

    assertThatThrownBy(() -> payload().bytes())
        .isInstanceOfSatisfying(DamagedBlobException.class, this::isUnreadable)
        .hasMessageContaining("Input/output error")
        .hasCause(failure);
    assertThat(open).isZero();
  }

  @Test
  void bytes_fileMayNotBeOpened_isDamage() {
    openFailures = Integer.MAX_VALUE;
    failure = new AccessDeniedException("blob");

    assertThatThrownBy(() -> payload().bytes())
        .isInstanceOfSatisfying(DamagedBlobException.class, this::isUnreadable);
  }

  @Test
  void bytes_handleIsStaleOnce_isReadFromTheFileOpenedAnew() throws IOException {
    failure = new IOException("Stale file handle");
    readFailures = 1;
    readFailsFrom = BlobRef.CHUNK_BYTES;

    assertThat(payload().bytes()).isEqualTo(bytes);
    assertThat(open).isZero();
  }

  @Test
  void open_handleIsStaleOnTheWay_streamGoesOnWhereItWas() throws IOException {
    readFailures = 2;
    readFailsFrom = BlobRef.CHUNK_BYTES;

    try (InputStream stream = payload().open()) {
      assertThat(stream.readAllBytes()).isEqualTo(bytes);
    }
    assertThat(open).isZero();
  }

  @Test
  void open_readFailsFromTheSecondChunkOn_handsOutTheFirstAndIsDamage() throws IOException {
    readFailures = Integer.MAX_VALUE;
    readFailsFrom = BlobRef.CHUNK_BYTES;

    try (InputStream stream = payload().open()) {
      assertThat(stream.readNBytes(BlobRef.CHUNK_BYTES)).hasSize(BlobRef.CHUNK_BYTES);
      assertThatThrownBy(stream::read)
          .isInstanceOfSatisfying(DamagedBlobException.class, this::isUnreadable);
    }
    assertThat(open).isZero();
  }

  @Test
  void bytes_threadInterruptedOrTooManyFilesOpen_isNoDamage() {
    readFailures = Integer.MAX_VALUE;
    failure = new ClosedByInterruptException();
    assertThatThrownBy(() -> payload().bytes()).isSameAs(failure);

    openFailures = Integer.MAX_VALUE;
    failure = new FileSystemException("blob", null, "Too many open files");
    assertThatThrownBy(() -> payload().bytes()).isSameAs(failure);
  }

  @Test
  void map_someBytes_areThoseOfTheFileOnceTheyAreChecked() throws IOException {
    try (MappedBytes mapped = payload().map(3, BYTES - 3).orElseThrow()) {
      assertThat(mapped.size()).isEqualTo(BYTES - 3);
      mapped.check(0, mapped.size());
      for (int i = 3; i < BYTES; i += 977) {
        assertThat(MemoryUtil.getByte(mapped.address() + i - 3)).isEqualTo(bytes[i]);
      }
    }
    assertThat(open).isZero();
  }

  @Test
  void map_lastChunkDamaged_isToldWhenItIsCheckedAndNotBefore() throws IOException {
    byte[] damaged = bytes.clone();
    damaged[BYTES - 1] ^= 1;
    Files.write(file, damaged);
    try (MappedBytes mapped = payload().map(0, BYTES).orElseThrow()) {
      mapped.check(0, 2 << 20);
      assertThatThrownBy(() -> mapped.check((2 << 20) - 1, 2))
          .isInstanceOf(DamagedBlobException.class)
          .hasMessageContaining("is damaged in bytes 2097152 to 2097156");
    }
    assertThat(open).isZero();
  }

  @Test
  void map_handleIsStale_isDamageSinceTheFileOpenedAnewIsNotTheOneMapped() throws IOException {
    failure = new IOException("Stale file handle");
    readFailures = 1;
    try (MappedBytes mapped = payload().map(0, BYTES).orElseThrow()) {
      assertThatThrownBy(() -> mapped.check(0, 1))
          .isInstanceOfSatisfying(DamagedBlobException.class, this::isUnreadable)
          .hasMessageContaining("went away while it was read");
    }
    assertThat(open).isZero();
  }

  @Test
  void map_fileThatCannotBeMapped_isEmpty() throws IOException {
    mappable = false;
    assertThat(payload().map(0, BYTES)).isEmpty();
    assertThat(open).isZero();
  }

  @Test
  void map_bytesThatAreNotThere_isRefused() {
    assertThatThrownBy(() -> payload().map(6, BYTES)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> payload().map(0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThat(open).isZero();
  }

  private void isUnreadable(DamagedBlobException e) {
    assertThat(e.damage()).isEqualTo(Damage.UNREADABLE);
    assertThat(e.missing()).isFalse();
    assertThat(e.blob()).isEqualTo(blob);
  }

  private Payload payload() {
    return new FilePayload(
        blob, List.of(file), new VerifiedChunks(InstantSource.system()), this::openFile);
  }

  private FileChannel openFile(Path path) throws IOException {
    if (openFailures-- > 0) {
      throw failure;
    }
    open++;
    return new FaultyFile(StoreFolder.open(path));
  }

  /** A file whose reads fail; a reader needs nothing else of it. */
  private final class FaultyFile extends FileChannel {
    private final FileChannel sound;

    FaultyFile(FileChannel sound) {
      this.sound = sound;
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
      if (position >= readFailsFrom && readFailures-- > 0) {
        throw failure;
      }
      return sound.read(to, position);
    }

    @Override
    public long size() throws IOException {
      return sound.size();
    }

    @Override
    protected void implCloseChannel() throws IOException {
      open--;
      sound.close();
    }

    @Override
    public int read(ByteBuffer to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer from) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer from, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long newPosition) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void force(boolean metaData) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
      if (!mappable) {
        throw new UnsupportedOperationException();
      }
      return sound.map(mode, position, size);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }
}
