package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.testing.SeededTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrowCodecTest {
  private static final Schema SCHEMA =
      Columns.schema(
          Columns.text("text"),
          Columns.int64("int"),
          Columns.list("list", Columns.struct("pair", Columns.text("a"), Columns.float64("b"))));

  private final ArrowCodec codec = new ArrowCodec(RowOrder.ANY);

  @Test
  void decode_whatWasEncoded_isTheSameTable() throws Exception {
    try (ArrowTable table = table(new Random(1), 1000);
        ArrowTable back = codec.decode(ArrayPayload.of(codec, table))) {
      assertThat(back.schema()).isEqualTo(table.schema());
      assertThat(back.rowCount()).isEqualTo(1000);
      assertThat(back.content()).isEqualTo(table.content());
      assertThat(back.rows().iterator().next())
          .hasToString(table.rows().iterator().next().toString());
    }
  }

  @Test
  void encode_table_tellsRowsContentAndSchema() throws Exception {
    try (ArrowTable table = table(new Random(1), 7)) {
      Codec.Encoded encoded = codec.encode(table, OutputStream.nullOutputStream());

      assertThat(encoded.rows()).isEqualTo(7);
      assertThat(encoded.content()).isEqualTo(table.content());
      assertThat(Schema.deserializeMessage(ByteBuffer.wrap(encoded.schema().array())))
          .isEqualTo(table.schema());
    }
  }

  /** Fault 64. */
  @Test
  void decode_tableWithoutRowsOrColumns_isTheSameTable() throws Exception {
    try (ArrowTable noRows = ArrowTable.builder(SCHEMA).build();
        ArrowTable back = codec.decode(ArrayPayload.of(codec, noRows))) {
      assertThat(back.schema()).isEqualTo(SCHEMA);
      assertThat(back.rowCount()).isZero();
    }
    try (ArrowTable noColumns = ArrowTable.builder(Columns.schema()).row().row().build();
        ArrowTable back = codec.decode(ArrayPayload.of(codec, noColumns))) {
      assertThat(back.schema().getFields()).isEmpty();
      assertThat(back.rowCount()).isEqualTo(2);
      assertThat(back.content()).isEqualTo(noColumns.content());
    }
  }

  @Test
  void encode_twoOrders_shareBytesAndDifferInId() throws Exception {
    ArrowCodec ordered = new ArrowCodec(RowOrder.SIGNIFICANT);
    try (ArrowTable table = table(new Random(1), 10)) {
      assertThat(ArrayPayload.of(ordered, table).array())
          .isEqualTo(ArrayPayload.of(codec, table).array());
      assertThat(ordered.encode(table, OutputStream.nullOutputStream()).content())
          .isNotEqualTo(table.content());
      assertThat(ordered.id()).isEqualTo("arrow-ordered/1");
    }
  }

  /** Arrow takes the lower half of such a number for the count. */
  @Test
  void decode_countThatIsNoCount_isRefused() throws Exception {
    try (ArrowTable table = table(new Random(1), 1000)) {
      byte[] sound = ArrayPayload.of(codec, table).array();
      int counts = 0;
      for (int at = 0; at + Long.BYTES <= sound.length; at += Long.BYTES) {
        if (ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getLong(at) == 1000) {
          counts++;
          for (long wrong : new long[] {-1, -1L << 32 | 1000, 1L << 32 | 1000, Long.MIN_VALUE}) {
            byte[] bytes = sound.clone();
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at, wrong);

            assertThatThrownBy(() -> codec.decode(new ArrayPayload(bytes)).close())
                .as("%d at %d", wrong, at)
                .isInstanceOf(UndecodableException.class)
                .hasMessage("the table holds a batch of %d values", wrong);
          }
        }
      }
      assertThat(counts).isGreaterThanOrEqualTo(4);
    }
  }

  /** The file can be read by whoever reads Arrow: from the end, as Spark and a memory map do. */
  @Test
  void encode_file_isReadByArrowsOwnReader(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("table.arrow");
    try (ArrowTable table = table(new Random(1), 100)) {
      try (OutputStream out = Files.newOutputStream(file)) {
        codec.encode(table, out);
      }
      try (RootAllocator allocator = new RootAllocator();
          SeekableByteChannel channel = Files.newByteChannel(file);
          ArrowFileReader reader = new ArrowFileReader(channel, allocator);
          ArrowTable back = ArrowTable.copyOf(reader)) {
        assertThat(back.content()).isEqualTo(table.content());
      }
    }
  }

  @Test
  void copyOf_dictionaryEncodedColumn_isTheSameTableAsPlain() throws Exception {
    try (RootAllocator allocator = new RootAllocator();
        VarCharVector words = new VarCharVector("words", allocator);
        VarCharVector plain =
            new VarCharVector("text", FieldType.nullable(Columns.text("x").getType()), allocator)) {
      words.setSafe(0, new byte[] {'a'});
      words.setSafe(1, new byte[] {'b'});
      words.setValueCount(2);
      for (int i : new int[] {0, 1, 3}) {
        plain.setSafe(i, new byte[] {(byte) (i % 2 == 0 ? 'a' : 'b')});
      }
      plain.setValueCount(4);
      DictionaryProvider.MapDictionaryProvider provider =
          new DictionaryProvider.MapDictionaryProvider();
      Dictionary dictionary = new Dictionary(words, new DictionaryEncoding(1, false, null));
      provider.put(dictionary);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (VectorSchemaRoot encoded =
              VectorSchemaRoot.of(
                  (org.apache.arrow.vector.FieldVector)
                      DictionaryEncoder.encode(plain, dictionary));
          ArrowStreamWriter writer = new ArrowStreamWriter(encoded, provider, bytes)) {
        writer.writeBatch();
        writer.end();
      }

      try (ArrowStreamReader reader =
              new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), allocator);
          ArrowTable table = ArrowTable.copyOf(reader);
          ArrowTable expected =
              ArrowTable.builder(Columns.schema(Columns.text("text")))
                  .row("a")
                  .row("b")
                  .row((Object) null)
                  .row("b")
                  .build()) {
        assertThat(table.schema()).isEqualTo(expected.schema());
        assertThat(table.content()).isEqualTo(expected.content());
      }
    }
  }

  /** What was in memory before must not get into a file. */
  @Test
  void write_garbageUnderNulls_isZeroInTheFile() throws Exception {
    Schema schema = Columns.schema(Columns.int64("int"), Columns.text("text"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot rows = VectorSchemaRoot.create(schema, allocator);
        TableWriter writer = new TableWriter(schema, RowOrder.ANY, bytes)) {
      BigIntVector ints = (BigIntVector) rows.getVector("int");
      VarCharVector texts = (VarCharVector) rows.getVector("text");
      ints.setSafe(0, 0x5ec2e7_5ec2e7L);
      texts.setSafe(0, "secret".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      ints.setNull(0);
      texts.setNull(0);
      rows.setRowCount(1);
      writer.write(rows);
      writer.finish();
    }

    String file = bytes.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(file).doesNotContain("secret").doesNotContain("\u00e7\u00c2\u005e");
  }

  @Test
  void content_garbageUnderNulls_doesNotCount() throws Exception {
    Schema schema = Columns.schema(Columns.int64("int"));
    try (RootAllocator allocator = new RootAllocator();
        BigIntVector dirty = new BigIntVector("int", allocator);
        ArrowTable clean = ArrowTable.builder(schema).row(5).row((Object) null).build()) {
      dirty.setSafe(0, 5);
      dirty.setNull(1);
      dirty.setValueCount(2);
      dirty.getDataBuffer().setLong(Long.BYTES, 0xdeadbeefL);
      try (ArrowTable table = ArrowTable.copyOf(VectorSchemaRoot.of(dirty))) {
        assertThat(table.content()).isEqualTo(clean.content());
        assertThat(ArrayPayload.of(codec, table)).isEqualTo(ArrayPayload.of(codec, clean));
      }
    }
  }

  /** Faults 14 and 15 are caught by the payload; what gets past it must still do no harm. */
  @SeededTest(seeds = 20)
  void decode_damagedBytes_isRefusedOrATable_neverACrash(Random random) throws Exception {
    byte[] whole;
    try (ArrowTable table = table(random, 20)) {
      whole = ArrayPayload.of(codec, table).array();
    }
    for (int i = 0; i < 100; i++) {
      byte[] damaged = whole.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      tryToRead(damaged);
      tryToRead(Arrays.copyOf(whole, random.nextInt(whole.length)));
    }
  }

  @Test
  void decode_lengthsBeyondTheFile_areRefusedBeforeAnythingIsAllocated() {
    byte[] hugeMessage = {'A', 'R', 'R', 'O', 'W', '1', 0, 0, -1, -1, -1, -1, -1, -1, -1, 127};

    assertThatThrownBy(() -> codec.decode(new ArrayPayload(hugeMessage)))
        .isInstanceOf(UndecodableException.class)
        .hasMessage("the table declares 2147483647 bytes where 0 are left");
    assertThatThrownBy(() -> codec.decode(new ArrayPayload(new byte[100])))
        .isInstanceOf(UndecodableException.class)
        .hasMessage("the table is no Arrow file");
    assertThatThrownBy(() -> codec.decode(new ArrayPayload(new byte[0])))
        .isInstanceOf(UndecodableException.class);
  }

  private void tryToRead(byte[] bytes) {
    try (ArrowTable table = codec.decode(new ArrayPayload(bytes))) {
      table.forEachRow(row -> assertThat(row.toString()).isNotEmpty());
    } catch (IOException e) {
      assertThat(e).isInstanceOf(UndecodableException.class);
    }
  }

  static ArrowTable table(Random random, int rows) {
    TableBuilder builder = ArrowTable.builder(SCHEMA);
    for (int i = 0; i < rows; i++) {
      builder.row(
          random.nextInt(5) == 0 ? null : "t" + random.nextInt(10),
          random.nextInt(5) == 0 ? null : random.nextLong(),
          random.nextInt(5) == 0
              ? null
              : List.of(Map.of("a", "x" + random.nextInt(3), "b", random.nextDouble())));
    }
    return builder.build();
  }
}
