package dev.reprise.cache.store;

import dev.reprise.cache.base.Bytes;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** Bytes that came with the index record and were checked with it. */
public record InlinePayload(Bytes inline) implements Payload {
  @Override
  public long size() {
    return inline.size();
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(inline.array());
  }

  @Override
  public byte[] bytes() {
    return inline.array().clone();
  }
}
