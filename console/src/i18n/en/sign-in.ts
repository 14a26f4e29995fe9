// What the pages of signing in say, in English.
export const signIn = {
  title: 'Sign in',
  lead: 'Two waters meet here, and nothing passes but through a gate.',
  name: 'Email or member name',
  password: 'Password',
  code: 'Code of your authenticator',
  codeHint: 'Six digits, or one of your recovery codes.',
  enter: 'Sign in',
  signOn: 'Sign in with {provider}',
  welcome: 'Welcome',
  welcomeLead: 'Choose the password that you will sign in with. This link works once.',
  newPassword: 'New password',
  newPasswordHint: 'At least {count} characters. A few words that you remember are better than signs that you do not.',
  again: 'The same password again',
  setPassword: 'Set the password and enter',
  tooShort: 'This password is shorter than {count} characters.',
  different: 'The two passwords differ.',
  noToken: 'This link is incomplete',
  noTokenHint:
    'Open the whole link that you were given, with everything behind the # sign. An administrator can make a new one.',
  oidc_failed: 'Your organisation’s sign-on did not work. Try again, or sign in with your password.',
  oidc_unknown_member: 'No member here has the email address of that account. Ask an administrator to add you.',
  oidc_second_factor_needed:
    'You have a second factor here, and your organisation’s sign-on asked for none. Sign in with your password.',
  oidc_email_unverified: 'That account’s email address is not verified, so it cannot be told whose it is.',
} as const;
