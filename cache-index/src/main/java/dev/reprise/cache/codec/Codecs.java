package dev.reprise.cache.codec;

import dev.reprise.cache.store.Payload;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The codecs of one task: chooses the one for a value, and finds the one that wrote some bytes.
 * Tables go as Arrow, {@code byte[]} and files as they are, all else as objects.
 *
 * <p>May be used from several threads.
 */
public final class Codecs {
  private final List<Codec> codecs;
  private final Map<String, Codec> byId = new HashMap<>();

  private Codecs(List<Codec> codecs) {
    this.codecs = List.copyOf(codecs);
    codecs.forEach(codec -> byId.put(codec.id(), codec));
  }

  /** Returns the codecs for a task whose objects are made of {@code registered}. */
  public static Codecs of(RegisteredTypes registered) {
    return new Codecs(
        List.of(
            new ArrowCodec(RowOrder.ANY),
            new ArrowCodec(RowOrder.SIGNIFICANT),
            new BytesCodec(),
            new FileCodec(FilePlaces.NONE),
            KryoCodec.of(registered)));
  }

  /**
   * Returns the codecs for a task whose objects are made of {@code registered} and of what these
   * are made of.
   */
  public static Codecs of(Collection<? extends Class<?>> registered) {
    return of(RegisteredTypes.of(registered));
  }

  /** Returns codecs like these for a task to whose tables the order of rows matters or not. */
  public Codecs withRowOrder(RowOrder order) {
    List<Codec> reordered = new ArrayList<>(codecs);
    reordered.removeIf(codec -> codec.id().equals(new ArrowCodec(order).id()));
    reordered.add(0, new ArrowCodec(order)); // the first that accepts a table writes it
    return new Codecs(reordered);
  }

  /** Returns codecs like these that read files back into {@code places}. */
  public Codecs withFilePlaces(FilePlaces places) {
    return new Codecs(
        codecs.stream()
            .map(codec -> codec instanceof FileCodec ? new FileCodec(places) : codec)
            .toList());
  }

  /** The codec that writes {@code value}. */
  public Codec forValue(@Nullable Object value) {
    for (Codec codec : codecs) {
      if (codec.accepts(value)) {
        return codec;
      }
    }
    throw new IllegalStateException("the object codec accepts everything, and is the last");
  }

  /**
   * The codec that wrote bytes recorded with {@code id}.
   *
   * @throws UndecodableException if this version of Reprise has none; make the result again
   */
  public Codec byId(String id) throws UndecodableException {
    Codec codec = byId.get(id);
    if (codec != null) {
      return codec;
    }
    throw new UndecodableException("this version of Reprise has no codec '" + id + "'");
  }

  /**
   * Writes {@code value} by the codec for it; does not close {@code to}.
   *
   * @throws NoCodecException if a part of it cannot be encoded; names the class and the path
   */
  public Codec.Encoded encode(@Nullable Object value, OutputStream to) throws IOException {
    return forValue(value).encode(value, to);
  }

  /**
   * Reads a value back.
   *
   * @param id of the codec that wrote the bytes
   * @throws UndecodableException if the bytes are whole but cannot be read here; make the result
   *     again
   */
  public @Nullable Object decode(String id, Payload payload) throws IOException {
    return byId(id).decode(payload);
  }
}
