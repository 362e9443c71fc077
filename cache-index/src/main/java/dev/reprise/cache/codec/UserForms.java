package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forms of the user's registered classes: enums, records and plain classes. */
final class UserForms {
  private UserForms() {}

  /** The form of instances of {@code type}; null if no instance is of exactly this class. */
  static @Nullable Form of(Class<?> type, ObjectGraph graph) {
    String name = type.getName();
    if (type.isEnum()) {
      return new Form("enum " + name, null, new Registration(type, new Constants(type), 0));
    }
    if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
      return null;
    }
    if (type.isRecord()) {
      return new Form("record " + name, type, new Registration(type, new Records(type, graph), 0));
    }
    return new Form("class " + name, type, new Registration(type, new Plain(type, graph), 0));
  }

  /** Constants by name. */
  private static final class Constants extends Serializer<Enum<?>> {
    private final Class<?> type;

    Constants(Class<?> type) {
      this.type = type;
    }

    @Override
    public void write(Kryo kryo, Output output, Enum<?> constant) {
      Parts.writeText(output, constant.name());
    }

    @Override
    public Enum<?> read(Kryo kryo, Input input, Class<? extends Enum<?>> ignored) {
      String name = Parts.readText(input);
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(name)) {
          return (Enum<?>) constant;
        }
      }
      throw new KryoException(type.getName() + " has no constant '" + name + "' any more");
    }
  }

  /** The parts of an instance, in the order of its layout. */
  private abstract static class Fields extends PartsSerializer<Object> {
    private final Class<?> type;

    Fields(Class<?> type, ObjectGraph graph) {
      super(graph);
      this.type = type;
    }

    abstract Object make(Class<?> type, List<Field> fields, @Nullable Object[] values)
        throws ReflectiveOperationException;

    @Override
    void writeParts(Output output, Object whole) {
      for (Field field : ClassLayout.of(type).fields()) {
        Object part;
        try {
          part = field.get(whole);
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(field + " was made accessible and is not", e);
        }
        try {
          graph().write(output, part);
        } catch (Unencodable e) {
          throw e.under("." + field.getName());
        }
      }
    }

    @Override
    Object readParts(Input input) {
      List<Field> fields = ClassLayout.of(type).fields();
      @Nullable Object[] values = new Object[fields.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = graph().read(input);
      }
      try {
        return make(type, fields, values);
      } catch (ReflectiveOperationException e) {
        throw new KryoException("no " + type.getName() + " can be made of what was read", e);
      }
    }
  }

  /** Made by the canonical constructor, which may check. */
  private static final class Records extends Fields {
    private @Nullable Constructor<?> canonical;

    Records(Class<?> type, ObjectGraph graph) {
      super(type, graph);
    }

    @Override
    Object make(Class<?> type, List<Field> fields, @Nullable Object[] values)
        throws ReflectiveOperationException {
      Constructor<?> constructor = canonical;
      if (constructor == null) {
        constructor =
            type.getDeclaredConstructor(
                fields.stream().map(Field::getType).toArray(Class<?>[]::new));
        constructor.setAccessible(true);
        canonical = constructor;
      }
      return constructor.newInstance(values);
    }
  }

  /** Made without arguments, or without any constructor where there is none without arguments. */
  private static final class Plain extends Fields {
    private final Instances instances;

    Plain(Class<?> type, ObjectGraph graph) {
      super(type, graph);
      instances = new Instances(type);
    }

    @Override
    Object make(Class<?> type, List<Field> fields, @Nullable Object[] values)
        throws ReflectiveOperationException {
      Object instance = instances.make();
      for (int i = 0; i < values.length; i++) {
        fields.get(i).set(instance, values[i]);
      }
      return instance;
    }
  }
}
