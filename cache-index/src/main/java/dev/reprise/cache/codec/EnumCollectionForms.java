package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.reprise.cache.base.Peek;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.EnumSet;

/**
 * Forms of {@code EnumSet} and {@code EnumMap}: the enum, which even an empty one has, and the
 * constants, by their names and in the order of these, for the order of declaration may change.
 */
final class EnumCollectionForms {
  private EnumCollectionForms() {}

  static void addTo(Forms forms, ObjectGraph graph) {
    // which enum is a matter of the bytes; to the compiler one does as well as another
    forms.add(
        Form.builtIn("enum-set", EnumSet.class, new Sets<RoundingMode>(graph)),
        EnumSet.noneOf(RoundingMode.class).getClass(),
        EnumSet.noneOf(Character.UnicodeScript.class).getClass()); // more than 64 constants
    forms.add(
        Form.builtIn("enum-map", EnumMap.class, new Maps<RoundingMode>(graph)), EnumMap.class);
  }

  private static final class Sets<E extends Enum<E>> extends PartsSerializer<EnumSet<E>> {
    Sets(ObjectGraph graph) {
      super(graph);
    }

    @Override
    void writeParts(Output output, EnumSet<E> set) {
      Class<?> type = set.isEmpty() ? enumType(set) : set.iterator().next().getDeclaringClass();
      ArrayForms.writeClass(output, type, graph().forms());
      Parts.writeCount(output, set.size());
      set.stream().map(Enum::name).sorted().forEach(name -> Parts.writeText(output, name));
    }

    @Override
    EnumSet<E> readParts(Input input) {
      Class<E> type = enumRead(input, graph());
      EnumSet<E> set = EnumSet.noneOf(type);
      for (int count = Parts.readCount(input, 1); count > 0; count--) {
        set.add(Enum.valueOf(type, Parts.readText(input)));
      }
      return set;
    }
  }

  private static final class Maps<E extends Enum<E>> extends PartsSerializer<EnumMap<E, Object>> {
    Maps(ObjectGraph graph) {
      super(graph);
    }

    @Override
    void writeParts(Output output, EnumMap<E, Object> map) {
      Class<?> type =
          map.isEmpty() ? enumType(map) : map.keySet().iterator().next().getDeclaringClass();
      ArrayForms.writeClass(output, type, graph().forms());
      Parts.writeCount(output, map.size());
      map.entrySet().stream()
          .sorted((a, b) -> a.getKey().name().compareTo(b.getKey().name()))
          .forEach(
              entry -> {
                Parts.writeText(output, entry.getKey().name());
                graph().write(output, entry.getValue(), "[" + entry.getKey().name() + "]");
              });
    }

    @Override
    EnumMap<E, Object> readParts(Input input) {
      Class<E> type = enumRead(input, graph());
      EnumMap<E, Object> map = new EnumMap<>(type);
      for (int count = Parts.readCount(input, 2); count > 0; count--) {
        map.put(Enum.valueOf(type, Parts.readText(input)), graph().read(input));
      }
      return map;
    }
  }

  @SuppressWarnings("unchecked") // it is an enum, whichever
  private static <E extends Enum<E>> Class<E> enumRead(Input input, ObjectGraph graph) {
    Class<?> type = ArrayForms.readClass(input, graph.forms());
    if (!type.isEnum()) {
      throw new KryoException(type.getName() + " is no enum");
    }
    return (Class<E>) type;
  }

  private static Class<?> enumType(Object collection) {
    try {
      return Peek.enumType(collection);
    } catch (IllegalArgumentException e) {
      throw new Unencodable(String.valueOf(e.getMessage()));
    }
  }
}
