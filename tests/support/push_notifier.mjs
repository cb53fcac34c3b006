// A merchant's notifier `push` over FCM as YAML, with a service account that only the sandbox believes.
import crypto from 'node:crypto';

export function push_notifier(events) {
  const { privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const service_account = JSON.stringify({
    type: 'service_account',
    project_id: 'shop',
    private_key_id: 'k1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: 'florin@shop.iam.gserviceaccount.com',
    token_uri: 'https://oauth2.googleapis.com/token',
  });
  return `push: { notifier: fcm, events: [${events}], service_account: '${service_account}' }`;
}
