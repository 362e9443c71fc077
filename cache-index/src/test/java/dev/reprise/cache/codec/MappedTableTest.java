package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.reprise.cache.codec.TableStream.Mapping;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.DamagedBlobException;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Payload;
import dev.reprise.cache.testing.SeededTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Large batches are used where they lie in the file: the same rows, and no byte that is unchecked.
 */
class MappedTableTest {
  private static final Predicate<String> ALL = any -> true;

  /** Small tables as large ones. */
  private static final Mapping SMALL = new Mapping(1, 8, 8);

  private static final int ROWS = 500_000;
  private static final int PIECE = 1 << 16;

  private final ArrowCodec codec = new ArrowCodec(RowOrder.SIGNIFICANT);
  @TempDir private Path folder;
  private FileResultStore store;

  @BeforeEach
  void open() throws IOException {
    store = FileResultStore.openOrMake(folder, FileResultStore.Settings.STANDARD);
  }

  @ParameterizedTest
  @MethodSource("dev.reprise.cache.codec.ArrowTypesTest#typesAndCells")
  void next_columnOfAnyType_hasTheRowsInTheirOrder(Field column, Object cell) throws Exception {
    Schema schema = Columns.schema(Columns.text("before"), column, Columns.int32("after"));
    TableBuilder rows = ArrowTable.builder(schema);
    TableBuilder wanted = ArrowTable.builder(Columns.schema(column, Columns.int32("after")));
    for (int i = 0; i < 21; i++) {
      Object value = i % 3 == 1 || i >= 16 ? null : cell; // the last piece has nothing else
      rows.row("text", value, i);
      wanted.row(value, i);
    }
    try (ArrowTable table = rows.build();
        ArrowTable expected = wanted.build()) {
      Payload kept = kept(out -> codec.encode(table, out));
      List<Integer> counts = new ArrayList<>();
      List<ArrowTable> pieces = new ArrayList<>();
      try (TableStream stream =
          TableStream.open(kept, Set.of(column.getName(), "after")::contains, SMALL)) {
        while (stream.next()) {
          counts.add(stream.batch().getRowCount());
          pieces.add(ArrowTable.copyOf(stream.batch()));
        }
      }
      boolean fixed = MappedBatch.fits(column);
      assertThat(counts).isEqualTo(fixed ? List.of(8, 8, 5) : List.of(21));
      try (ArrowTable read = ArrowTable.concat(pieces)) {
        assertThat(read.content()).isEqualTo(expected.content());
      }
      pieces.forEach(ArrowTable::close);
    }
  }

  @Test
  void next_numbersAlone_comeSomeAtATime() throws Exception {
    try (TableStream stream = TableStream.open(keptNumbers(), "n1"::equals)) {
      int row = 0;
      while (stream.next()) {
        BigIntVector column = (BigIntVector) stream.batch().getVector("n1");
        assertThat(stream.batch().getRowCount()).isEqualTo(Math.min(row + PIECE, ROWS - row));
        for (int i = 0; i < stream.batch().getRowCount(); i++, row++) {
          assertThat(column.isNull(i)).isEqualTo(row % 5 == 0);
          if (row % 5 != 0) {
            assertThat(column.get(i)).isEqualTo(row + 1L);
          }
        }
      }
      assertThat(row).isEqualTo(ROWS);
    }
  }

  /** Row 14 of the faults: a bit that flipped. Nothing of its chunk is handed out. */
  @Test
  void next_lastRowsAreDamaged_areRefusedWhenTheyAreReached() throws Exception {
    Payload numbers = keptNumbers();
    change(file -> flip(file, file.length() - 20_000));
    try (TableStream stream = TableStream.open(numbers, "n1"::equals)) {
      assertThat(stream.next()).isTrue();
      assertThatThrownBy(() -> drain(stream)).isInstanceOf(DamagedBlobException.class);
    }
    try (TableStream stream = TableStream.open(numbers, "n0"::equals)) {
      for (int rows = 0; rows < ROWS; rows += stream.batch().getRowCount()) {
        assertThat(stream.next()).isTrue(); // lies before it
      }
    }
  }

  @Test
  void open_fileIsShorter_isDamageBeforeAnythingIsMapped() throws Exception {
    Payload numbers = keptNumbers();
    change(file -> file.setLength(file.length() - 1));
    assertThatThrownBy(() -> TableStream.open(numbers, ALL))
        .isInstanceOf(DamagedBlobException.class);
  }

  @Test
  void next_fileIsDeletedMeanwhile_goesOn() throws Exception {
    try (TableStream stream = TableStream.open(keptNumbers(), "n1"::equals)) {
      assertThat(stream.next()).isTrue();
      Files.delete(blob());
      assertThat(drain(stream)).isEqualTo(ROWS - PIECE);
    }
  }

  /** Who stops early may have another thread that reads: its memory is not taken from it. */
  @Test
  void close_beforeAllRowsWereRead_leavesTheMemoryToWhoStillReads() throws Exception {
    assumeThat(MAPS).exists();
    try (TableStream stream = TableStream.open(keptNumbers(), "n1"::equals)) {
      assertThat(stream.next()).isTrue();
      assertThat(isMapped()).isTrue();
    }
    assertThat(isMapped()).as("closed early").isTrue();
  }

  @Test
  void close_afterAllRowsWereRead_givesTheMemoryBackAtOnce() throws Exception {
    assumeThat(MAPS).exists();
    try (TableStream stream = TableStream.open(keptNumbers(), "n1"::equals)) {
      drain(stream);
    }
    assertThat(isMapped()).isFalse();
  }

  private static final Path MAPS = Path.of("/proc/self/maps");

  private boolean isMapped() throws IOException {
    return Files.readString(MAPS).contains(blob().toRealPath().toString());
  }

  /** Bytes that were written so, and are no table or not one that is consistent. */
  @SeededTest(seeds = 10)
  void next_bytesThatAreNoTable_areRefusedOrRows_neverACrash(Random random) throws Exception {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    try (ArrowTable table = ArrowCodecTest.table(random, 20)) {
      codec.encode(table, whole);
    }
    for (int i = 0; i < 40; i++) {
      byte[] damaged = whole.toByteArray();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Predicate<String> columns = random.nextBoolean() ? ALL : "list"::equals;
      try (TableStream stream = TableStream.open(kept(out -> out.write(damaged)), columns, SMALL)) {
        while (stream.next()) {
          assertThat(stream.batch().contentToTSVString()).isNotEmpty();
        }
      } catch (IOException e) {
        assertThat(e).isInstanceOf(UndecodableException.class);
      }
    }
  }

  /** Two columns, n0 and n1, in one batch: row i has i and i + 1; each fifth has no n1. */
  private Payload keptNumbers() throws Exception {
    List<Field> fields =
        IntStream.range(0, 2)
            .mapToObj(
                c -> new Field("n" + c, FieldType.nullable(new ArrowType.Int(64, true)), null))
            .toList();
    try (BufferAllocator memory = new RootAllocator();
        VectorSchemaRoot batch = VectorSchemaRoot.create(new Schema(fields), memory)) {
      for (int c = 0; c < fields.size(); c++) {
        BigIntVector column = (BigIntVector) batch.getVector(c);
        column.allocateNew(ROWS);
        for (int row = 0; row < ROWS; row++) {
          if (c == 0 || row % 5 != 0) {
            column.set(row, row + c);
          } else {
            column.setNull(row);
          }
        }
      }
      batch.setRowCount(ROWS);
      try (BlobWriter to = store.write("run", "1", 0);
          TableWriter writer = new TableWriter(batch.getSchema(), RowOrder.ANY, to)) {
        writer.write(batch);
        writer.finish();
        return store.read(to.finish());
      }
    }
  }

  private static int drain(TableStream stream) throws IOException {
    int rows = 0;
    while (stream.next()) {
      rows += stream.batch().getRowCount();
    }
    return rows;
  }

  /** Writes to a stream. */
  @FunctionalInterface
  private interface Writing {
    void to(OutputStream out) throws IOException;
  }

  private Payload kept(Writing writing) throws IOException {
    try (BlobWriter to = store.write("run", "1", 0)) {
      writing.to(to);
      return store.read(to.finish());
    }
  }

  private Path blob() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toFile().length() > 1_000_000).findFirst().orElseThrow();
    }
  }

  /** Does something to a file. */
  @FunctionalInterface
  private interface Change {
    void of(RandomAccessFile file) throws IOException;
  }

  private void change(Change change) throws IOException {
    Path blob = blob();
    assertThat(blob.toFile().setWritable(true)).isTrue();
    try (RandomAccessFile file = new RandomAccessFile(blob.toFile(), "rw")) {
      change.of(file);
    }
  }

  private static void flip(RandomAccessFile file, long at) throws IOException {
    file.seek(at);
    int before = file.read();
    file.seek(at);
    file.write(before ^ 1);
  }
}
