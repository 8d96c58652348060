import { render } from 'preact';
import { connectHost } from '../shared/panelHost';
import { PrivacyApp } from './privacyApp';

const place = document.getElementById('panel');
if (place) render(<PrivacyApp host={connectHost()} />, place);
