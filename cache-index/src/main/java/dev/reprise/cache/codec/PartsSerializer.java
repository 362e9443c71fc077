package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;

/** Writes and reads values that have parts, and keeps account of where in the value it is. */
abstract class PartsSerializer<T> extends Serializer<T> {
  private final ObjectGraph graph;

  PartsSerializer(ObjectGraph graph) {
    this.graph = graph;
  }

  /** Writes the parts, each with {@link ObjectGraph#write(Output, Object, String)}. */
  abstract void writeParts(Output output, T whole);

  /** Reads the parts and puts them together. */
  abstract T readParts(Input input);

  final ObjectGraph graph() {
    return graph;
  }

  @Override
  public final void write(Kryo kryo, Output output, T whole) {
    graph.enter(whole);
    try {
      writeParts(output, whole);
    } finally {
      graph.leave();
    }
  }

  @Override
  public final T read(Kryo kryo, Input input, Class<? extends T> type) {
    return readParts(input);
  }
}
