package dev.reprise.cache.codec;

import dev.reprise.cache.store.Payload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Bytes at hand, taken for checked. */
record ArrayPayload(byte[] array) implements Payload {
  /** What {@code codec} makes of {@code value}. */
  static ArrayPayload of(Codec codec, Object value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    codec.encode(value, bytes);
    return new ArrayPayload(bytes.toByteArray());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ArrayPayload that && Arrays.equals(array, that.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  @Override
  public long size() {
    return array.length;
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(array);
  }

  @Override
  public byte[] bytes() {
    return array.clone();
  }
}
