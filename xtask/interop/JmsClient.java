import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import javax.jms.Connection;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Session;
import javax.jms.TextMessage;
import org.apache.activemq.ActiveMQConnectionFactory;

/** A client as they were written for GC: JMS over OpenWire, JMSType and text bodies, a topic of its own. */
public class JmsClient {
    private static final long PATIENCE = 30_000;

    private final Session session;
    private final MessageProducer commands;
    private final MessageConsumer events;
    private long last;

    JmsClient(Connection connection, String destination) throws Exception {
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        events = session.createConsumer(session.createTopic(destination));
        commands = session.createProducer(session.createQueue("Connector1"));
        commands.setDeliveryMode(javax.jms.DeliveryMode.NON_PERSISTENT);
        connection.start();
    }

    void send(String type, String body) throws Exception {
        TextMessage message = session.createTextMessage(body);
        message.setJMSType(type);
        commands.send(message);
    }

    /** The next event of this type with this in its text; every one on the way is a text of its JMSType, in order. */
    String expect(String type, String part) throws Exception {
        List<String> seen = new ArrayList<>();
        long until = System.currentTimeMillis() + PATIENCE;
        while (true) {
            Message message = events.receive(Math.max(1, until - System.currentTimeMillis()));
            if (message == null) {
                throw new AssertionError("no " + type + " with " + part + ", but " + seen);
            }
            String text = ((TextMessage) message).getText();
            if (!text.startsWith("{\"type\":\"" + message.getJMSType() + "\"")) {
                throw new AssertionError(message.getJMSType() + " for " + text);
            }
            // Signs that properties of JMS may not have in their names come as the broker writes them.
            Object number = property(message, "sequence");
            if (number != null) {
                long sequence = Long.parseLong(number.toString());
                if (last > 0 && sequence != last + 1) {
                    throw new AssertionError("event " + sequence + " after " + last);
                }
                last = sequence;
            }
            if (message.getJMSType().equals(type) && text.contains(part)) {
                return text;
            }
            seen.add(text);
        }
    }

    private static Object property(Message message, String end) throws Exception {
        for (Object name : java.util.Collections.list(message.getPropertyNames())) {
            if (name.toString().endsWith(end)) {
                return message.getObjectProperty(name.toString());
            }
        }
        return null;
    }

    interface Work {
        void run() throws Exception;
    }

    static void check(String name, Work work) {
        try {
            work.run();
            System.out.println("ok " + name);
        } catch (Throwable error) {
            System.out.println("FAIL " + name + ": " + error);
            System.exit(1);
        }
    }

    static String field(String json, String name) {
        String start = "\"" + name + "\":\"";
        int from = json.indexOf(start) + start.length();
        return json.substring(from, json.indexOf('"', from));
    }

    static void call(String control, String extension) throws Exception {
        String body = "{\"from\":\"03005550142\",\"to\":\"" + extension + "\",\"variables\":{}}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(control + "/sim/calls"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    public static void main(String[] arguments) throws Exception {
        String url = arguments[0], destination = arguments[1], agent = arguments[2], extension = arguments[3];
        String control = arguments[4];
        Connection connection = new ActiveMQConnectionFactory("gc", "gc", url).createConnection();
        JmsClient client = new JmsClient(connection, destination);
        check("JMS: Hello is answered by System", () -> {
            client.send("Hello#" + destination, null);
            client.expect("System", "IN_SERVICE");
        });
        check("JMS: Connect is answered by ConnectStatus", () -> {
            client.send("Connect#" + agent, destination + ",demo");
            client.expect("ConnectStatus", "ConnectSuccess");
        });
        check("JMS: Login is answered by AgentInfo and State", () -> {
            client.send("Login#" + agent, "demo," + extension);
            client.expect("State", agent);
        });
        check("JMS: MakeReady is answered by READY", () -> {
            client.send("MakeReady#" + agent, null);
            client.expect("State", "\"state\":\"READY\"");
        });
        String[] dialog = new String[1];
        check("JMS: a call is a NewInboundCall", () -> {
            call(control, extension);
            dialog[0] = field(client.expect("NewInboundCall", "03005550142"), "dialogID");
        });
        check("JMS: AnswerCall is answered by ACTIVE", () -> {
            client.send("AnswerCall#" + agent, dialog[0]);
            client.expect("InboundCall", "\"state\":\"ACTIVE\"");
        });
        check("JMS: ReleaseCall is answered by DROPPED", () -> {
            client.send("ReleaseCall#" + agent, dialog[0]);
            client.expect("InboundCall", "\"state\":\"DROPPED\"");
        });
        check("JMS: the events were numbered without a gap", () -> {
            if (client.last == 0) {
                throw new AssertionError("no numbers came");
            }
        });
        connection.close();
        System.exit(0);
    }
}
