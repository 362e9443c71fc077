package dev.reprise.cache.base;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteWriterTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "ends ä", "é begins", "😀", "\ud800 alone", "\u0000\u007f"})
  void putString_anyText_isItsUtf8BehindItsLength(String text) throws BadRecordException {
    String more = text.repeat(100);
    ByteWriter writer = new ByteWriter().putByte(1).putString(text).putString(more).putByte(2);

    ByteReader reader = new ByteReader(writer.toByteArray());

    assertThat(reader.getByte()).isEqualTo(1);
    for (String each : new String[] {text, more}) {
      byte[] expected = each.getBytes(UTF_8);
      byte[] found = new byte[(int) reader.getVarint()];
      System.arraycopy(reader.array(), reader.skip(found.length), found, 0, found.length);
      assertThat(found).isEqualTo(expected);
    }
    assertThat(reader.getByte()).isEqualTo(2);
  }
}
