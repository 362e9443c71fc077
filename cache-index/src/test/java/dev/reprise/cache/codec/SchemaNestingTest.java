package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Struct_;
import org.apache.arrow.flatbuf.Type;
import org.junit.jupiter.api.Test;

/** Schemas that no writer makes, and that Arrow would read for ever or without end of stack. */
class SchemaNestingTest {
  private final ArrowCodec codec = new ArrowCodec(RowOrder.ANY);

  @Test
  void decode_columnsInEachOtherTooDeep_isRefused() {
    assertRefused(
        nested(SchemaNesting.DEEPEST + 1, 1),
        "the columns of the table lie in each other more than 100 deep");
  }

  /** Forty tables of a hundred bytes, and 2^40 columns. */
  @Test
  void decode_columnsThatShareTheirs_isRefusedAtOnce() {
    assertRefused(nested(40, 2), "the table has more columns than bytes that describe them");
  }

  /** Offsets of a sound schema that lead elsewhere, as into the table that they are of. */
  @Test
  void decode_offsetsThatLeadAnywhere_isATableOrRefused() throws Exception {
    byte[] sound;
    try (ArrowTable table = ArrowCodecTest.table(new Random(1), 3)) {
      sound = ArrayPayload.of(codec, table).array();
    }
    ArrowCodecFuzzTest holds = new ArrowCodecFuzzTest();
    int schemaEnds = 16 + ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
    for (int at = 16; at < schemaEnds; at += Integer.BYTES) {
      for (int offset = -512; offset <= 512; offset += Integer.BYTES) {
        byte[] bytes = sound.clone();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, offset);
        holds.check(bytes);
      }
    }
  }

  @Test
  void encode_columnsInEachOtherTooDeep_isRefusedWithTheWayOut() throws Exception {
    org.apache.arrow.vector.types.pojo.Field column = Columns.int64("x");
    for (int depth = 1; depth < SchemaNesting.DEEPEST; depth++) {
      column = Columns.struct("x", column);
    }
    var deepest = Columns.schema(column);
    var tooDeep = Columns.schema(Columns.struct("top", column));

    try (ArrowTable table = ArrowTable.builder(deepest).build()) {
      ArrayPayload.of(codec, table); // can be kept, and be read
      codec.decode(ArrayPayload.of(codec, table)).close();
    }
    assertThatThrownBy(
            () -> {
              try (ArrowTable table = ArrowTable.builder(tooDeep).build()) {
                codec.encode(table, OutputStream.nullOutputStream());
              }
            })
        .hasMessageContaining("lies more than 100 deep in others; flatten it");
  }

  private void assertRefused(byte[] file, String why) {
    assertThatThrownBy(() -> codec.decode(new ArrayPayload(file)).close())
        .isInstanceOf(UndecodableException.class)
        .hasMessage(why);
  }

  /** A file of a schema whose columns hold the next one, so deep and so many times each. */
  private static byte[] nested(int depth, int times) {
    FlatBufferBuilder to = new FlatBufferBuilder();
    int column = column(to, new int[0]);
    for (int i = 1; i < depth; i++) {
      int[] inside = new int[times];
      Arrays.fill(inside, column);
      column = column(to, inside);
    }
    int fields = Schema.createFieldsVector(to, new int[] {column});
    Schema.startSchema(to);
    Schema.addFields(to, fields);
    int schema = Schema.endSchema(to);
    to.finish(Message.createMessage(to, MetadataVersion.V5, MessageHeader.Schema, schema, 0L, 0));
    byte[] message = to.sizedByteArray();
    return ByteBuffer.allocate(16 + message.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("ARROW1\0\0".getBytes(StandardCharsets.US_ASCII))
        .putInt(-1)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private static int column(FlatBufferBuilder to, int[] inside) {
    int name = to.createString("x");
    int children = Field.createChildrenVector(to, inside);
    Struct_.startStruct_(to);
    int type = Struct_.endStruct_(to);
    return Field.createField(to, name, true, Type.Struct_, type, 0, children, 0);
  }
}
