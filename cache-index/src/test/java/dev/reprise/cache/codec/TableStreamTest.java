package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Payload;
import dev.reprise.cache.testing.SeededTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tables read piece by piece and batch by batch, and no more of them than is wanted. */
class TableStreamTest {
  private static final Predicate<String> ALL = any -> true;

  private final ArrowCodec codec = new ArrowCodec(RowOrder.ANY);

  @ParameterizedTest
  @MethodSource("dev.reprise.cache.codec.ArrowTypesTest#typesAndCells")
  void next_oneColumnOfThree_isThatColumn(Field column, Object cell) throws Exception {
    Schema schema = Columns.schema(Columns.text("before"), column, Columns.list("after", column));
    List<Object> list = new ArrayList<>(Arrays.asList(cell, null));
    try (ArrowTable table =
            ArrowTable.builder(schema).row("a", cell, list).row(null, null, null).build();
        ArrowTable expected =
            ArrowTable.builder(Columns.schema(column)).row(cell).row((Object) null).build();
        TableStream stream =
            TableStream.open(ArrayPayload.of(codec, table), column.getName()::equals)) {
      assertThat(stream.next()).isTrue();
      try (ArrowTable read = ArrowTable.copyOf(stream.batch())) {
        assertThat(read.schema()).isEqualTo(expected.schema());
        assertThat(read.content()).isEqualTo(expected.content());
      }
      assertThat(stream.next()).isFalse();
    }
  }

  @Test
  void next_noColumnWanted_countsTheRows() throws Exception {
    try (ArrowTable table = ArrowCodecTest.table(new Random(1), 20);
        TableStream stream = TableStream.open(ArrayPayload.of(codec, table), any -> false)) {
      assertThat(stream.next()).isTrue();
      assertThat(stream.batch().getRowCount()).isEqualTo(20);
      assertThat(stream.batch().getFieldVectors()).isEmpty();
    }
  }

  /** A chunk of a column that is not wanted is not even read: damage in it goes unnoticed. */
  @Test
  void next_otherColumnIsDamaged_isNotRead(@TempDir Path folder) throws Exception {
    FileResultStore store = FileResultStore.openOrMake(folder, FileResultStore.Settings.STANDARD);
    Schema schema = Columns.schema(Columns.text("wide"), Columns.int32("n"));
    TableBuilder rows = ArrowTable.builder(schema);
    for (int i = 0; i < 5_000; i++) {
      rows.row("x".repeat(1_000), i);
    }
    try (ArrowTable table = rows.build();
        var out = store.write("run", "1", 0)) {
      codec.encode(table, out);
      var location = out.finish();
      damage(folder);

      try (TableStream stream = TableStream.open(store.read(location), "n"::equals)) {
        assertThat(stream.next()).isTrue();
        assertThat(stream.batch().getVector("n").getObject(4_999)).isEqualTo(4_999);
      }
      assertThatThrownBy(() -> codec.decode(store.read(location)))
          .hasMessageContaining("what made it runs again");
    }
  }

  private static void damage(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      Path blob =
          files.filter(file -> file.toFile().length() > 1_000_000).findFirst().orElseThrow();
      blob.toFile().setWritable(true);
      try (RandomAccessFile file = new RandomAccessFile(blob.toFile(), "rw")) {
        file.seek(2_500_000);
        file.write(0);
      }
    }
  }

  @Test
  void read_tableInPieces_hasTheRowsAndTheContentOfTheWhole() throws Exception {
    try (ArrowTable table = ArrowCodecTest.table(new Random(3), 30);
        ArrowTable one = ArrowCodecTest.table(new Random(3), 30);
        ArrowTable none = ArrowTable.builder(table.schema()).build();
        ArrowTable both = ArrowTable.concat(List.of(table, one));
        ArrowTable read =
            ArrowTable.read(
                List.of(
                    ArrayPayload.of(codec, table),
                    ArrayPayload.of(codec, none),
                    ArrayPayload.of(codec, one)))) {
      assertThat(read.rowCount()).isEqualTo(60);
      assertThat(read.content()).isEqualTo(both.content());
    }
  }

  @Test
  void read_piecesOfTwoSchemas_areRefused() throws Exception {
    try (ArrowTable one = ArrowTable.builder(Columns.schema(Columns.text("a"))).build();
        ArrowTable other = ArrowTable.builder(Columns.schema(Columns.text("b"))).build()) {
      List<Payload> pieces = List.of(ArrayPayload.of(codec, one), ArrayPayload.of(codec, other));

      assertThatThrownBy(() -> ArrowTable.read(pieces))
          .isInstanceOf(UndecodableException.class)
          .hasMessageContaining("two schemas");
    }
  }

  /** Faults 14 and 15 are caught by the payload; what gets past it must still do no harm. */
  @SeededTest(seeds = 10)
  void next_damagedBytes_areRefusedOrRows_neverACrash(Random random) throws Exception {
    byte[] whole;
    try (ArrowTable table = ArrowCodecTest.table(random, 20)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      codec.encode(table, bytes);
      whole = bytes.toByteArray();
    }
    for (int i = 0; i < 100; i++) {
      byte[] damaged = whole.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      tryToRead(damaged, random.nextBoolean() ? ALL : "list"::equals);
      tryToRead(Arrays.copyOf(whole, random.nextInt(whole.length)), ALL);
    }
  }

  private static void tryToRead(byte[] bytes, Predicate<String> columns) {
    try (TableStream stream = TableStream.open(new ArrayPayload(bytes), columns)) {
      while (stream.next()) {
        assertThat(stream.batch().contentToTSVString()).isNotEmpty();
      }
    } catch (IOException e) {
      assertThat(e).isInstanceOf(UndecodableException.class);
    }
  }
}
