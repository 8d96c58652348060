import { render } from 'preact';
import { ChangesApp } from './changesApp';
import { connectHost } from '../shared/panelHost';

const place = document.getElementById('panel');
if (place) render(<ChangesApp host={connectHost()} />, place);
