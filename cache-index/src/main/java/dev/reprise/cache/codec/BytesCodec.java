package dev.reprise.cache.codec;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.Payload;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** A {@code byte[]}, as it is. */
final class BytesCodec implements Codec {
  static final String ID = "bytes/1";

  private static final byte[] PREFIX = ContentStream.prefix(ID);

  @Override
  public String id() {
    return ID;
  }

  @Override
  public boolean accepts(@Nullable Object value) {
    return value instanceof byte[];
  }

  @Override
  public Encoded encode(@Nullable Object value, OutputStream to) throws IOException {
    if (!(value instanceof byte[] bytes)) {
      throw new NoCodecException("only a byte[] can be kept as bytes");
    }
    ContentStream stream = new ContentStream(PREFIX, to, Long.MAX_VALUE);
    stream.write(bytes);
    return new Encoded(stream.content(), PartitionRef.NOT_A_TABLE, Bytes.EMPTY);
  }

  @Override
  public byte[] decode(Payload payload) throws IOException {
    return payload.bytes();
  }
}
